from datetime import date
from decimal import Decimal

import pytest

from renderers import formats
from storage.money import Money

PI_DAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (12500, "USD", "en_US", "USD 125.00"),
        (123456789, "EUR", "de_DE", "1.234.567,89 EUR"),
        (1500, "JPY", "en_US", "JPY 1,500"),
        (1234567, "KWD", "en_US", "KWD 1,234.567"),
        (-2000, "USD", "en_US", "-USD 20.00"),
        (12500, "CAD", "fr_CA", "125,00 CAD"),
        (12500, "USD", "he_IL", "125.00 USD"),
    ],
)
def test_money_names_its_currency_and_keeps_its_decimals(
    minor: int, currency: str, locale: str, shown: str
) -> None:
    assert formats.money(Money(minor, currency), locale) == shown


def test_an_amount_beyond_floating_point_is_exact() -> None:
    assert formats.money(Money(9007199254740993, "USD"), "en_US") == "USD 90,071,992,547,409.93"


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en_US", "14 Mar 2026"),
        ("en-GB", "14 Mar 2026"),
        ("de_DE", "14. März 2026"),
        ("bg_BG", "14 март 2026"),
        ("ja_JP", "2026年3月14日"),
    ],
)
def test_a_day_has_its_month_in_letters(locale: str, shown: str) -> None:
    assert formats.day(PI_DAY, locale) == shown


@pytest.mark.parametrize("locale", ["", "xx", "tlh_KX", "../../etc", "en_US.UTF-8"])
def test_an_unknown_locale_is_read_as_american_english(locale: str) -> None:
    assert formats.money(Money(12500, "USD"), locale) == "USD 125.00"


@pytest.mark.parametrize(
    ("value", "shown"), [("12.5000", "12.5"), ("1200", "1,200"), ("0.333333", "0.333333")]
)
def test_a_quantity_has_no_trailing_zeros(value: str, shown: str) -> None:
    assert formats.number(Decimal(value), "en_US") == shown


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [("8.5", "USD", "8.50"), ("1.2345", "USD", "1.2345"), ("500", "JPY", "500")],
)
def test_a_unit_price_keeps_at_least_the_decimals_of_its_currency(
    value: str, currency: str, shown: str
) -> None:
    assert formats.unit_price(Decimal(value), currency, "en_US") == shown


def test_a_tax_rate_keeps_its_fractions() -> None:
    assert formats.percent(Decimal("8.375"), "en_US") == "8.375%"
    assert formats.percent(Decimal(19), "de_DE") == "19 %"


@pytest.mark.parametrize(
    ("locale", "printed"),
    [
        ("ja_JP", "en_GB"),
        ("hi_IN", "en_GB"),
        ("chr_US", "en_US"),
        ("de_DE", "de_DE"),
        ("el_GR", "el_GR"),
        ("ru_RU", "ru_RU"),
        ("ar_EG", "ar_EG"),
        ("he_IL", "he_IL"),
    ],
)
def test_a_pdf_is_in_english_where_its_fonts_lack_the_letters(locale: str, printed: str) -> None:
    assert formats.printable(locale) == printed

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commands.rules.amounts import read_decimal, read_money
from storage.money import BadAmount, Money


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("50", "50"),
        (" 12.50 ", "12.50"),
        ("12,50", "12.50"),
        ("0,125", "0.125"),
        ("1.250", "1.250"),
        (".5", "0.5"),
        ("1,250.00", "1250.00"),
        ("1.250,00", "1250.00"),
        ("1,250,000", "1250000"),
        ("1.250.000", "1250000"),
        ("1 250,5", "1250.5"),
        ("1’250.50", "1250.50"),
        ("1\N{NO-BREAK SPACE}250", "1250"),
        ("\N{MINUS SIGN}3.5", "-3.5"),
        ("１２.５", "12.5"),  # noqa: RUF001 -- full-width digits, as some keyboards type them
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert read_decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1,250", "-12,500", "999,000"])
def test_a_number_that_can_be_read_in_two_ways_is_refused_with_both(typed: str) -> None:
    with pytest.raises(BadAmount) as refused:
        read_decimal(typed)
    assert typed.replace(",", "") in str(refused.value)
    assert typed.replace(",", ".") in str(refused.value)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1e3", "1_000", "NaN", "12.5.0", "1,2,3", "--1", "0x10", "1" * 60]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadAmount, match="is not a"):
        read_decimal(typed)


@pytest.mark.parametrize("typed", ["50", "$50", "50.00 USD", "usd 50", "50 $", "50,00", "USD50.00"])
def test_an_amount_may_carry_the_sign_or_code_of_its_currency(typed: str) -> None:
    assert read_money(typed, "USD") == Money(5000, "USD")


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("10,000", "JPY", 10000),
        ("10.000", "JPY", 10000),
        ("1.250", "KWD", 1250),
    ],
)
def test_thousands_are_read_where_they_can_be_nothing_else(
    typed: str, currency: str, minor: int
) -> None:
    assert read_money(typed, currency) == Money(minor, currency)


def test_three_digits_after_a_comma_are_not_guessed_where_money_has_three_decimals() -> None:
    with pytest.raises(BadAmount, match="two ways"):
        read_money("1,250", "KWD")


@pytest.mark.parametrize("typed", ["1.250", "1,250", "$1.250"])
def test_three_digits_after_one_mark_are_not_guessed_in_dollars(typed: str) -> None:
    with pytest.raises(BadAmount, match=r"please write 1250 or 1\.25"):
        read_money(typed, "USD")


def test_an_amount_in_another_currency_is_refused() -> None:
    with pytest.raises(BadAmount, match="This is in USD, not in EUR"):
        read_money("50 EUR", "USD")


@pytest.mark.parametrize(("typed", "currency"), [("1.005", "USD"), ("0.5", "JPY")])
def test_more_decimals_than_the_currency_has_are_refused(typed: str, currency: str) -> None:
    with pytest.raises(BadAmount, match=f"more decimals than {currency}"):
        read_money(typed, currency)


@given(some.text(max_size=60))
def test_whatever_is_typed_is_a_number_or_refused(typed: str) -> None:
    with suppress(BadAmount):
        assert read_decimal(typed).is_finite()


@given(some.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_a_plain_number_is_read_as_itself(number: Decimal) -> None:
    assert read_decimal(format(number, "f")) == number

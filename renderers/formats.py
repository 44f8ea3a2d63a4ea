"""Money, numbers and dates as a customer's locale writes them.

Currencies are shown by their ISO code, so that "$" is never guessed; months are in letters, so
that 3/4 is never guessed either. A locale nobody knows is read as en_US.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import (
    NumberPattern,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)

from storage.money import Money, decimals

DEFAULT_LOCALE = "en_US"
_NO_GROUPS = 100  # babel writes 1000

# Where paper is 8.5 by 11 inches (CLDR, measurement data); everywhere else it is A4.
_LETTER = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())

# Of the fonts in renderers/fonts, as Unicode names their letters.
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "MODIFIER")


@lru_cache(maxsize=256)
def known_locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(DEFAULT_LOCALE)


def money(amount: Money, locale: str) -> str:
    """Such as "USD 125.00" or "125,00 EUR", with the currency's own number of decimals."""
    language = known_locale(locale)
    pattern = _money_pattern(str(language), decimals(amount.currency))
    return _plain(
        pattern.apply(amount.whole, language, currency=amount.currency, currency_digits=False)
    )


@dataclass(frozen=True, slots=True)
class MoneyShape:
    """How `money` writes an amount, for a script that has to write one too.

    `group`: digits of the last group and of those before it, 0 for none.
    """

    before: str
    after: str
    decimals: int
    decimal: str
    thousands: str
    group: tuple[int, int]


def money_shape(currency: str, locale: str) -> MoneyShape:
    language, places = known_locale(locale), decimals(currency)
    pattern = _money_pattern(str(language), places)
    shown = money(Money(0, currency), locale)
    before, after = re.split(r"0(?:[^0-9]0+)?", shown, maxsplit=1)
    last, others = pattern.grouping
    return MoneyShape(
        before,
        after,
        places,
        _plain(get_decimal_symbol(language)),
        _plain(get_group_symbol(language)),
        (0, 0) if last > _NO_GROUPS else (last, others),
    )


def number(value: Decimal, locale: str) -> str:
    """A quantity, with as many decimals as it has and no trailing zeros."""
    return _plain(format_decimal(value, "#,##0.######", known_locale(locale)))


def unit_price(value: Decimal, currency: str, locale: str) -> str:
    """A price without its currency: the currency's decimals, and more where the price has more."""
    places = decimals(currency)
    pattern = "#,##0" + ("." if places else ".#") + "0" * places + "#" * (6 - places)
    return _plain(format_decimal(value, pattern, known_locale(locale)))


def percent(value: Decimal, locale: str) -> str:
    """Such as "7.25%"; `value` is in percent."""
    language = known_locale(locale)
    return _plain(format_percent(value / 100, locale=language, decimal_quantization=False))


def day(value: date, locale: str) -> str:
    """Such as "14 Mar 2026": the month always in letters, or with the word for it."""
    language = known_locale(locale)
    return _plain(format_date(value, _day_pattern(str(language)), locale=language))


def paper(locale: str) -> Literal["letter", "a4"]:
    return "letter" if known_locale(locale).territory in _LETTER else "a4"


@lru_cache(maxsize=256)
def printable(locale: str) -> str:
    """`locale`, or English where a PDF's fonts lack the letters of its dates."""
    shown = "".join(day(date(2026, month, 1), locale) for month in range(1, 13))
    letters = {one for one in shown if one.isalnum() and not one.isascii()}
    if all(unicodedata.name(one).startswith(_SCRIPTS) for one in letters):
        return locale
    return "en_US" if paper(locale) == "letter" else "en_GB"


@lru_cache(maxsize=256)
def _money_pattern(locale: str, places: int) -> NumberPattern:
    text: str = known_locale(locale).currency_formats["standard"].pattern
    positive = text.split(";", maxsplit=1)[0].replace("¤", "¤¤")
    spaced = positive.replace("¤¤#", "¤¤ #").replace("0¤¤", "0 ¤¤")
    pattern = parse_pattern(spaced)
    pattern.frac_prec = (places, places)
    return pattern


def po_number(number: str) -> str:
    """With PO before it once: some write it into the number."""
    return number if re.match(r"PO\b", number, re.IGNORECASE) else f"PO {number}"


@lru_cache(maxsize=256)
def _day_pattern(locale: str) -> str:
    language = known_locale(locale)
    if language.language == "en":
        return "d MMM y"
    pattern: str = language.datetime_skeletons["yMMMd"].pattern
    in_words = "MMM" in pattern or "LLL" in pattern or "月" in pattern or "월" in pattern
    return pattern if in_words else "d MMM y"


def _plain(text: str) -> str:
    # Some fonts lack the narrow no-break space, and a search for "USD 125.00" has to find it;
    # templates keep an amount on one line themselves. Direction marks have no glyph.
    spaces = text.replace("\u202f", " ").replace("\u00a0", " ")
    return spaces.replace("\u200e", "").replace("\u200f", "")

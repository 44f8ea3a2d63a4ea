"""Numbers and amounts as people type them: "1,250.00", "$ 50", "50,00 EUR". Pure.

What could mean two numbers ("1,250") is refused and never guessed.
"""

import re
import unicodedata
from decimal import Decimal

from storage.money import BadAmount, Money, decimals, is_currency, plain_decimal

_SHAPES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        r"(?P<whole>[0-9]+)(\.(?P<part>[0-9]+))?",
        r"(?P<whole>)\.(?P<part>[0-9]+)",
        r"(?P<whole>0|[0-9]+(?=,[0-9]{1,2}$|,[0-9]{4,}$)),(?P<part>[0-9]+)",
        r"(?P<whole>[0-9]{1,3}(,[0-9]{3})+)\.(?P<part>[0-9]+)",
        r"(?P<whole>[0-9]{1,3}(\.[0-9]{3})+),(?P<part>[0-9]+)",
        r"(?P<whole>[0-9]{1,3}(,[0-9]{3}){2,}|[0-9]{1,3}(\.[0-9]{3}){2,})(?P<part>)",
        r"(?P<whole>[0-9]{1,3}([ '][0-9]{3})+)([.,](?P<part>[0-9]+))?",
    )
)
_TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}", re.ASCII)
_THOUSANDS = 3  # digits
_LONGEST = 40  # characters


def read_money(text: str, currency: str, mark: str = ".") -> Money:
    """An amount in whole units, with or without the sign or code of that very currency.

    `mark` stands before the decimals of whatever is suggested. Raises `BadAmount` with a sentence
    for the person who typed it.
    """
    typed = _plain(text)
    for code in re.findall(r"[A-Za-z]{3}", typed):
        if code.upper() != currency and is_currency(code.upper()):
            raise BadAmount(f"This is in {currency}, not in {code.upper()}.")
    number = re.sub(rf"(?i:{currency})", "", typed)
    number = "".join(c for c in number if unicodedata.category(c) != "Sc").strip()
    amount = read_decimal(_one_way(number, currency, mark), mark)
    try:
        return Money.parse(format(amount, "f"), currency)
    except BadAmount:
        raise BadAmount(f"{number} has more decimals than {currency} has.") from None


def _one_way(number: str, currency: str, mark: str) -> str:
    """Three digits after one comma or point: thousands where money has no decimals, the last
    decimals where it has three; else a guess may be wrong by a thousand, for "1.250" is 1.25 too.
    """
    places, pointed = decimals(currency), number.replace(",", ".")
    if not _TWO_WAYS.fullmatch(number.replace(".", ",")):
        return number
    if not places:
        return pointed.replace(".", "")
    if places < _THOUSANDS and number.endswith("0"):
        one, other = pointed.replace(".", ""), pointed[: places - _THOUSANDS]
        raise _two_ways(number, one, other.replace(".", mark))
    return number


def read_decimal(text: str, mark: str = ".") -> Decimal:
    """A number with a point or a comma before its decimals, thousands set apart or not.

    Raises `BadAmount` with a sentence that names the mend, decimals after `mark`.
    """
    typed = _plain(text)[: _LONGEST + 1]
    if _TWO_WAYS.fullmatch(typed):
        one, other = typed.replace(",", ""), typed.replace(",", ".")
        raise _two_ways(typed, one, other.replace(".", mark))
    sign, digits = ("-", typed[1:].strip()) if typed.startswith("-") else ("", typed)
    found = next((match for shape in _SHAPES if (match := shape.fullmatch(digits))), None)
    if found is None:
        raise BadAmount(f"“{typed}” is not a number, such as 12{mark}50.")
    whole = re.sub(r"[^0-9]", "", found["whole"]) or "0"
    return plain_decimal(f"{sign}{whole}.{found['part'] or 0}")


def _two_ways(typed: str, one: str, other: str) -> BadAmount:
    return BadAmount(f"“{typed}” can be read in two ways: please write {one} or {other}.")


def _plain(text: str) -> str:
    """As it would be typed on an old keyboard: plain digits, spaces, minus and apostrophe."""
    folded = unicodedata.normalize("NFKC", text)
    folded = folded.replace("\N{MINUS SIGN}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(folded.split())

"""Numbers as people type them: a point or a comma before the decimals, perhaps both.

"1,250" may be a thousand and a quarter or one and a quarter; nobody guesses, it is refused.
"""

import re
from decimal import Decimal

from storage.money import BadAmount, plain_decimal

_SHAPE = re.compile(r"-?[0-9.,']*[0-9]", re.ASCII)
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,'][0-9]{3})+", re.ASCII)
_GROUP = 3  # digits


class BadNumber(ValueError):
    """The message is a sentence that names the mend."""


def read(text: str, *, grouped: bool = True, places: int = 2) -> Decimal:
    """The number, of at most 15 digits and 6 decimals. Raises `BadNumber`.

    `grouped` False: no thousands are meant, as in a percentage; `places`: how many decimals are
    usual, so that "1.250" is read in a currency of three.
    """
    if not _SHAPE.fullmatch(text):
        raise BadNumber(f"“{text}” is not a number")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    separators = re.findall(r"[.,']", digits)
    if grouped and _is_ambiguous(digits, separators, places):
        raise BadNumber(_two_ways(sign, digits))
    try:
        return plain_decimal(sign + _plain(digits, separators)) + 0  # + 0: never minus zero
    except BadAmount:
        raise BadNumber(f"“{text}” is not a number like 12.50") from None


def written(value: Decimal) -> str:
    """As plain text that `read` takes for the same, whatever the currency."""
    text = format(value.normalize(), "f")
    return text + "0" if len(text.partition(".")[2]) == _GROUP else text


def _is_ambiguous(digits: str, separators: list[str], places: int) -> bool:
    """One separator with three digits behind it, where thousands could stand before it."""
    if len(separators) != 1 or separators == ["'"]:
        return False
    if separators == ["."] and places == _GROUP:
        return False
    return bool(_GROUPS.fullmatch(digits)) and not digits.startswith("0")


def _two_ways(sign: str, digits: str) -> str:
    whole, _, decimals = digits.replace(",", ".").partition(".")
    small = written(Decimal(f"{sign}{whole}.{decimals}"))
    return f"“{sign}{digits}” can be {sign}{whole}{decimals} or {small}: write the one you mean"


def _plain(digits: str, separators: list[str]) -> str:
    """With a point before the decimals and nothing else; what has no sense stays as it is."""
    if not separators:
        return digits
    last = separators[-1]
    if len(set(separators)) == 1 and (len(separators) > 1 or last == "'"):
        return digits.replace(last, "") if _GROUPS.fullmatch(digits) else digits
    whole, _, decimals = digits.rpartition(last)
    if last == "'" or len(set(separators)) > 2 or not _is_whole(whole):  # noqa: PLR2004 -- one for thousands, one for decimals
        return digits
    return f"{re.sub(r'[.,]', '', whole).replace(chr(39), '') or '0'}.{decimals}"


def _is_whole(text: str) -> bool:
    """Digits, perhaps with one kind of separator between groups of three."""
    kinds = set(re.findall(r"[.,']", text))
    return len(kinds) <= 1 and (not kinds or _GROUPS.fullmatch(text) is not None)

"""The lines of an order as people type them on a phone: "12 x Roses red 60cm @ 1.25 +8.25%".

Quantity, what it is, "@", price; the "x" and a line's own tax may be left out. Whatever could
mean two things is refused with a sentence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from commands.rules.amounts import read_decimal
from storage.money import BadAmount

MOST_LINES = 100
MOST_DESCRIPTION = 200  # characters
_MOST_TOLD = 10  # bad lines in one answer
EXAMPLE = "12 x Roses red 60cm @ 1.25"

# Each unit by its plural; only these words are taken for one.
_UNITS = {
    "bags": "bag", "bales": "bale", "boxes": "box", "buckets": "bucket", "bunches": "bunch",
    "bundles": "bundle", "cartons": "carton", "cases": "case", "crates": "crate",
    "dozens": "dozen", "feet": "foot", "grams": "gram", "hours": "hour", "kgs": "kg",
    "lbs": "lb", "litres": "litre", "liters": "liter", "meters": "meter", "metres": "metre",
    "packs": "pack", "pairs": "pair", "pallets": "pallet", "pcs": "pc", "pieces": "piece",
    "plants": "plant", "pots": "pot", "rolls": "roll", "sets": "set", "sleeves": "sleeve",
    "stems": "stem", "trays": "tray", "units": "unit",
}  # fmt: skip
_SINGULAR = _UNITS | {one: one for one in _UNITS.values()}

_DOLLARS = frozenset("USD CAD AUD NZD SGD HKD MXN BBD BMD BSD BZD JMD KYD TTD XCD TWD".split())
_SIGNS = {
    "$": _DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
}

# What phones make of spaces, quotes and minus signs; letters that cannot be seen are dropped.
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_QUOTES = str.maketrans(
    dict.fromkeys("“”„", '"') | dict.fromkeys("\u2018\u2019", "'") | {"\uff20": "@"}
)
_DASHES = r"\u2010\u2011\u2012\u2013\u2014\u2212"
_MINUS = re.compile(rf"[{_DASHES}](?=[.,]?[0-9$€£¥])")
_DASH = re.compile(rf"[-{_DASHES}] ")
_BULLET = re.compile(r"(?:[*•·‣▪◦] ?|\(?[0-9]{1,3}[.)] (?=[-*]?[0-9]))")

_QUANTITY = re.compile(r"-?[.,]?[0-9][0-9.,']*", re.ASCII)
_TIMES = re.compile(r"(?: ?[×*] ?| [xX](?= |[0-9]|$) ?|(?<=[0-9])[xX] ?)(.*)", re.ASCII)
_IN_UNITS = re.compile(r" ?([A-Za-z]+)\.?(?: [xX×*] | of )(.*)", re.ASCII)
_OF_MANY = re.compile(r" ?([A-Za-z]+) (.*)", re.ASCII)  # "12 stems Roses", but "5 box hedges"
_MARK = r"(?:[A-Za-z]{0,3}[$€£¥]|[A-Za-z]{3})"
_SECOND_PRICE = re.compile(r"@ ?-?[$€£¥]?[.,]?[0-9]", re.ASCII)
_PRICE = re.compile(
    rf"(?P<before>{_MARK})? ?(?P<sign>-)? ?(?P<inside>{_MARK})? ?(?P<number>[0-9.,']+)"
    rf" ?(?P<after>{_MARK})? ?(?:(?:/|per ) ?(?P<per>[A-Za-z]+)|each|ea\.?)?"
    r" ?(?:\+ ?(?P<rate>[0-9.,]+) ?% ?(?:tax|vat|TAX|VAT)?)?",
    re.ASCII,
)


class BadLines(ValueError):
    """`sentences`: one for each bad line, "Line 3: …", with the mend."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


class _BadLine(ValueError):
    """The mend, to follow "Line 3: "."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """`tax_rate` in percent; None: the order's own."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    unit: str = ""
    tax_rate: Decimal | None = None

    def __str__(self) -> str:
        """As it can be typed again."""
        quantity, price = (f"{n.normalize():f}" for n in (self.quantity, self.unit_price))
        unit = f"{self.unit} " if self.unit else ""
        rate = "" if self.tax_rate is None else f" +{self.tax_rate.normalize():f}%"
        return f"{quantity} {unit}x {self.description} @ {price}{rate}"


def read(text: str, currency: str) -> list[TypedLine]:
    """Every line; empty ones do not count. Raises `BadLines` with all that is wrong at once."""
    typed = {number: _clean(line) for number, line in enumerate(text.splitlines(), start=1)}
    typed = {number: line for number, line in typed.items() if line}
    if len(typed) > MOST_LINES:
        raise BadLines([f"{len(typed)} lines are too many: at most {MOST_LINES} in one order."])
    listed = all(_DASH.match(line) for line in typed.values())
    found: list[TypedLine] = []
    bad: list[str] = []
    for number, line in typed.items():
        try:
            found.append(_line(_without_bullet(line, listed=listed), currency))
        except (_BadLine, BadAmount) as error:
            bad.append(f"Line {number}: {str(error).removesuffix('.')}.")
    if bad:
        raise BadLines(_told(bad))
    return found


def rate(text: str) -> Decimal:
    """A tax rate such as "8.25" or "8,25 %". Raises `BadAmount` unless it is from 0 to 100."""
    bare = _BLANKS.sub("", text).removesuffix("%")
    value = read_decimal(bare.replace(",", "."))  # no thousands are meant here
    if not 0 <= value <= 100:  # noqa: PLR2004 -- a percentage
        raise BadAmount(f"a tax of {bare}% is not from 0 to 100")
    return value


def _told(bad: list[str]) -> list[str]:
    left = len(bad) - _MOST_TOLD
    return [*bad[:_MOST_TOLD], f"And {left} more like these."] if left > 0 else bad


def _clean(line: str) -> str:
    seen = _BLANKS.sub(" ", _UNSEEN.sub("", line).translate(_QUOTES)).strip()
    if len(seen) > 1 and seen[0] == seen[-1] == '"':
        seen = seen[1:-1].strip()
    return _MINUS.sub("-", seen)


def _without_bullet(line: str, *, listed: bool) -> str:
    """`listed`: every line begins with a dash, so that none of these is a minus."""
    if _DASH.match(line):
        if not listed:
            mend = "write the minus without a space, or leave the dash out"
            raise _BadLine(f"the dash at the beginning can be a minus or a bullet: {mend}")
        line = _DASH.sub("", line, count=1)
    return _BULLET.sub("", line, count=1) if _BULLET.match(line) else line


def _line(text: str, currency: str) -> TypedLine:
    what, at, priced = (part.strip() for part in text.rpartition("@"))
    if not at:
        raise _BadLine(f"there is no price. Write it after @, as in {EXAMPLE}")
    quantity, unit, description = _what(what)
    price, per, tax_rate = _price(priced, currency)
    if per and unit and _SINGULAR[per.lower()] != _SINGULAR[unit.lower()]:
        raise _BadLine(f"the quantity is in {unit}, but the price is for one {per}")
    return TypedLine(_described(description), quantity, price, unit or per, tax_rate)


def _what(text: str) -> tuple[Decimal, str, str]:
    """Quantity, unit or "", and description."""
    number = _QUANTITY.match(text)
    if not number:
        raise _BadLine(f"begin with the quantity, as in {EXAMPLE}")
    unit, description = _split(text, number.end())
    quantity = _number(number[0])
    if not quantity:
        raise _BadLine("the quantity is 0: leave the line out")
    return quantity, unit, description


def _split(text: str, start: int) -> tuple[str, str]:
    """Unit and description out of what stands behind the quantity."""
    times = _TIMES.match(text, start)
    if times:
        return "", times[1]
    in_units = _IN_UNITS.match(text, start)
    if in_units and in_units[1].lower() in _SINGULAR:
        return in_units[1], in_units[2]
    of_many = _OF_MANY.match(text, start)
    if of_many and of_many[1].lower() in _UNITS:
        return of_many[1], of_many[2]
    return "", _bare_description(text, start)


def _bare_description(text: str, start: int) -> str:
    """What stands behind the quantity without an x; another number there is refused."""
    rest = text[start:]
    if rest and not rest.startswith(" "):
        raise _BadLine(f"put a space or an x behind the quantity, as in {EXAMPLE}")
    if re.fullmatch(r"-?[0-9]{1,3}", text[:start]) and re.match(r" [0-9]{3}(?![0-9])", rest):
        whole, apart = f"{text[:start]}{rest[1:4]}", f"{text[:start]} x{rest[:4]}"
        raise _BadLine(f"“{text[: start + 4]}” can be two numbers: write {whole}, or {apart} …")
    return rest


def _described(text: str) -> str:
    description = text.strip()
    if not description:
        raise _BadLine(f"say what it is between quantity and price, as in {EXAMPLE}")
    if _SECOND_PRICE.search(description):
        raise _BadLine("there are two prices: give each item a line of its own")
    if len(description) > MOST_DESCRIPTION:
        raise _BadLine(f"the description is too long: at most {MOST_DESCRIPTION} characters")
    return description


def _price(text: str, currency: str) -> tuple[Decimal, str, Decimal | None]:
    """Price, the unit it is for or "", and the line's own tax rate."""
    found = _PRICE.fullmatch(text)
    per = found["per"] or "" if found else ""
    if not found or (per and per.lower() not in _SINGULAR):
        raise _BadLine(f"“{text[:40]}” is not a price. Write it as in @ 1.25, or @ 1.25 +8.25%")
    for mark in (found["before"], found["inside"], found["after"]):
        _check_currency(mark or "", currency)
    signed = (found["sign"] or "") + found["number"]
    price = _number(signed)
    return price, per, rate(found["rate"]) if found["rate"] else None


def _number(text: str) -> Decimal:
    return read_decimal(text) + 0  # never minus zero


def _check_currency(mark: str, currency: str) -> None:
    letters, sign = (mark[:-1], mark[-1:]) if mark[-1:] in _SIGNS else (mark, "")
    same_letters = currency.startswith(letters.upper())
    if not same_letters or (sign and currency not in _SIGNS[sign]):
        raise _BadLine(f"“{mark}” is not {currency}, the customer's currency: leave it out")

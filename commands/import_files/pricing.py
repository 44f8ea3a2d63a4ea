"""What an imported invoice adds up to.

Line amount = quantity x unit price, tax = amount x rate, each rounded half up. A given total
rules: up to one minor unit for each line, and at least five, is printed as "Rounding".
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal, localcontext

from commands.import_files.report import Place, RowRefused
from commands.import_files.rows import LineRow
from commands.import_files.staging import Draft
from storage.money import decimals, round_half_up

# Far beyond any invoice, and far from the end of a 64-bit integer when sums are taken.
LARGEST_MINOR = 10**15
_SMALLEST_TOLERANCE = 5
_DIGITS = 64  # a quantity and a price of 21 digits each multiply without rounding


@dataclass(frozen=True, slots=True)
class Priced:
    """Minor units of `currency`; `amounts` holds net and tax of each line."""

    currency: str
    net: int
    tax: int
    rounding: int
    amounts: tuple[tuple[int, int], ...]
    digest: str  # of the lines

    @property
    def total(self) -> int:
        return self.net + self.tax + self.rounding


def price(draft: Draft, currency: str) -> Priced:
    """Raises `RowRefused` for amounts that do not add up or do not fit."""
    with localcontext(prec=_DIGITS):
        amounts = tuple(_line_amounts(line, currency) for line in draft.lines)
        given = draft.row.total
        place = draft.row.place
        total = None if given is None else minor_units(given, currency, place, "total")
    net, tax = sum(net for net, _ in amounts), sum(tax for _, tax in amounts)
    if not draft.lines:
        return Priced(currency, _unlined(total, place), 0, 0, (), _digest([]))
    rounding = 0 if total is None else total - net - tax
    _check_rounding(draft, currency, net + tax, rounding)
    _check_size(net + tax, place, "")
    return Priced(currency, net, tax, rounding, amounts, _digest(draft.lines))


def minor_units(value: Decimal, currency: str, place: Place, column: str) -> int:
    """`value` in whole units as minor units; more decimals than the currency has are refused."""
    scaled = value.scaleb(decimals(currency))
    if scaled != scaled.to_integral_value():
        reason = f"{column} {value} has more than the {decimals(currency)} decimals of {currency}"
        raise RowRefused(place, column, reason)
    return _check_size(int(scaled), place, column)


def _line_amounts(line: LineRow, currency: str) -> tuple[int, int]:
    net = round_half_up(line.quantity * line.unit_price, currency)
    _check_size(net, line.place, "quantity")
    if not line.tax_rate:
        return net, 0
    whole = Decimal(net).scaleb(-decimals(currency))
    return net, round_half_up(whole * line.tax_rate / 100, currency)


def _unlined(total: int | None, place: Place) -> int:
    """An invoice may come without lines (a balance brought forward), then its total is all."""
    if total is None:
        reason = "the invoice has neither lines nor a total: import its lines in the same call"
        raise RowRefused(place, "", reason)
    return total


def _check_rounding(draft: Draft, currency: str, added_up: int, rounding: int) -> None:
    if abs(rounding) <= max(_SMALLEST_TOLERANCE, len(draft.lines)):
        return
    lines = Decimal(added_up).scaleb(-decimals(currency))
    reason = f"total {draft.row.total} is not what the lines and their tax add up to, {lines}"
    raise RowRefused(draft.row.place, "total", f"{reason}: correct the one or the other")


def _check_size(minor: int, place: Place, column: str) -> int:
    if abs(minor) > LARGEST_MINOR:
        raise RowRefused(place, column, "the amount is larger than an invoice can hold")
    return minor


def _digest(lines: list[LineRow]) -> str:
    """The same content written differently (1.5 and 1.50) is the same."""
    seen = hashlib.sha256()
    for line in lines:
        numbers = (line.quantity, line.unit_price, line.tax_rate or Decimal(0))
        exact = [format(number.normalize(), "f") for number in numbers]
        parts = [str(line.line), line.description or "", line.unit or "", *exact]
        seen.update("\x1f".join(parts).encode() + b"\x1e")
    return seen.hexdigest()

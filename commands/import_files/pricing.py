"""What an imported invoice adds up to.

A given total rules: up to one minor unit for each line, and at least five, is printed as
"Rounding".
"""

from dataclasses import dataclass
from decimal import Decimal

from commands.import_files.report import Place, RowRefused
from commands.import_files.rows import LineRow
from commands.import_files.staging import Draft
from commands.rules import line_amounts
from commands.rules.line_amounts import LARGEST_MINOR
from storage.money import decimals

_SMALLEST_TOLERANCE = 5


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
    amounts = tuple(_line_amounts(line, currency) for line in draft.lines)
    given, place = draft.row.total, draft.row.place
    total = None if given is None else minor_units(given, currency, place, "total")
    net, tax = sum(net for net, _ in amounts), sum(tax for _, tax in amounts)
    if not draft.lines:
        return Priced(currency, _unlined(total, place), 0, 0, (), line_amounts.digest([]))
    rounding = 0 if total is None else total - net - tax
    _check_rounding(draft, currency, net + tax, rounding)
    _check_size(net + tax, place, "")
    return Priced(currency, net, tax, rounding, amounts, line_amounts.digest(draft.lines))


def minor_units(value: Decimal, currency: str, place: Place, column: str) -> int:
    """`value` in whole units as minor units; more decimals than the currency has are refused."""
    scaled = value.scaleb(decimals(currency))
    if scaled != scaled.to_integral_value():
        reason = f"{column} {value} has more than the {decimals(currency)} decimals of {currency}"
        raise RowRefused(place, column, reason)
    return _check_size(int(scaled), place, column)


def _line_amounts(line: LineRow, currency: str) -> tuple[int, int]:
    net, tax = line_amounts.amounts(line, currency)
    _check_size(net, line.place, "quantity")
    return net, tax


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

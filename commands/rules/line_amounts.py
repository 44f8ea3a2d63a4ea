"""What the lines of a document come to, the same whether they were imported or typed.

Line amount = quantity x unit price, tax = amount x rate, each rounded half up.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Protocol

from storage.money import decimals, round_half_up

# Far beyond any invoice, and far from the end of a 64-bit integer when sums are taken.
LARGEST_MINOR = 10**15
_DIGITS = 64  # a quantity and a price of 21 digits each multiply without rounding


class Line(Protocol):
    """A line of an invoice or an order; None stands for "" and for no tax."""

    @property
    def line(self) -> int: ...
    @property
    def description(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def tax_rate(self) -> Decimal | None: ...


def amounts(line: Line, currency: str) -> tuple[int, int]:
    """Net and tax in minor units, of whatever size."""
    with localcontext(prec=_DIGITS):
        net = round_half_up(line.quantity * line.unit_price, currency)
        if not line.tax_rate:
            return net, 0
        whole = Decimal(net).scaleb(-decimals(currency))
        return net, round_half_up(whole * line.tax_rate / 100, currency)


def digest(lines: Iterable[Line]) -> str:
    """SHA-256 of the content; written differently (1.5 and 1.50) it is the same."""
    seen = hashlib.sha256()
    for line in lines:
        numbers = (line.quantity, line.unit_price, line.tax_rate or Decimal(0))
        exact = [format(number.normalize(), "f") for number in numbers]
        parts = [str(line.line), line.description or "", line.unit or "", *exact]
        seen.update("\x1f".join(parts).encode() + b"\x1e")
    return seen.hexdigest()

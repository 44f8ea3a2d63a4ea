"""What moves a customer's balance, as values: no table is behind them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

ItemKind = Literal[
    "invoice",
    "credit_memo",
    "payment",
    "refund",
    "reversal",
    "dispute",
    "void",
    "write_off",
    "correction",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount` in minor units; `about`: the invoice or the payment that it changes, or itself."""

    day: date
    kind: ItemKind
    number: str
    amount: int
    about: str
    po_number: str = ""
    due_date: date | None = None
    recorded_at: datetime | None = None

    @property
    def key(self) -> tuple[ItemKind, str]:
        return self.kind, self.number


class Laid(NamedTuple):
    """The part of a payment or of a credit memo that lies on an invoice, as it lies now."""

    source: str
    invoice_number: str
    amount: int

"""The values that a statement of account and its mail are rendered from."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from renderers.documents import Company, Party
from storage.money import Money

StatementKind = Literal["open_items_unpaid", "open_items_all", "balance_forward"]
TYPE_NAMES: dict[StatementKind, str] = {
    "open_items_unpaid": "Open Items / Unpaid",
    "open_items_all": "Open Items / All Transactions",
    "balance_forward": "Balance Forward",
}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A transaction; `balance` is what was owed after it."""

    day: date
    name: str  # "Invoice INV-1042"
    reference: str  # the customer's own: a PO number, or what their payment said
    amount: Money  # below zero: it lowers what is owed
    balance: Money


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What was open at the end of the period; `balance` is the sum down to this line."""

    day: date
    name: str
    reference: str
    due_date: date | None  # None: credit
    days_late: int
    total: Money
    open: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class StatementSum:
    """A row of the summary, such as all payments of the period together."""

    label: str
    amount: Money


LATE = "Entered or changed after your last statement"
LATE_AT_FIRST = "Entered after its period had been closed"  # for whom there was none before


@dataclass(frozen=True, slots=True)
class StatementDocument:
    """A statement as it was made: `payable` is what is asked for, however old the period."""

    company: Company
    customer: Party
    kind: StatementKind
    number: str  # the account, the last day of the period, the currency
    period_start: date
    period_end: date
    made_on: date
    opening: Money
    sums: tuple[StatementSum, ...]  # from opening to closing
    transactions: tuple[StatementLine, ...]
    late: tuple[StatementLine, ...]  # entered or changed after the last statement
    closing: Money
    open_lines: tuple[OpenLine, ...]  # without those in dispute
    disputed: tuple[OpenLine, ...]
    aging: tuple[StatementSum, ...]  # of everything open, credit apart
    payable: Money
    locale: str
    pay_url: str | None = None  # None: no button, no QR code, no address in print
    late_heading: str = LATE

    @property
    def title(self) -> str:
        return "Statement"

    @property
    def asks(self) -> bool:
        """Whether there is anything to pay."""
        return self.payable.minor > 0


@dataclass(frozen=True, slots=True)
class StatementEmail:
    """The mail that carries a statement."""

    document: StatementDocument
    sender_name: str  # the person who sent it; "" when the product did
    message: str  # the sender's words, plain text; "" for none

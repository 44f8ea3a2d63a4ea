"""The values that pages are rendered from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from renderers.documents import Company
from storage.methods import Method
from storage.money import Money

PageState = Literal["due", "processing", "paid", "nothing_due", "unavailable", "disputed"]


# "open": it can be paid, wholly or what is not under way of it.
RowState = Literal["open", "processing", "disputed", "paid", "void", "written_off", "settled"]


@dataclass(frozen=True, slots=True)
class PayPageInvoice:
    """`settled` and `pending` are parts of `total`; `payable` is what can be paid of it now."""

    number: str
    issue_date: date
    due_date: date
    po_number: str
    total: Money
    settled: Money  # payments and credits so far
    pending: Money  # under way by bank debit
    balance: Money
    pdf_url: str
    disputed: bool = False  # a payment of it is: nothing is taken for it meanwhile
    payable: Money | None = None
    days_late: int = 0
    state: RowState = "open"
    ticked: bool = True
    changes: tuple[str, ...] = ()  # what happened to it since the statement


@dataclass(frozen=True, slots=True)
class PayForm:
    """What the payer may fill in, and what was typed when the page comes back with a mistake."""

    takes_part: bool = True  # another amount than all of it may be paid
    amount: str = ""
    reference: str = ""
    use_credit: bool = False
    mistakes: dict[str, str] = field(default_factory=dict)  # sentences by field


@dataclass(frozen=True, slots=True)
class CreditOffer:
    """Credit that can go on these invoices; `by_itself`: nobody is asked whether it does."""

    available: Money
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class PaySum:
    """What is chosen: `owed` of `count` invoices is `credit` that is used and `charge`.

    `pay` is `charge`, or the part of it that was typed. What can be charged is at least
    `smallest` minor units, and a multiple of `step`.
    """

    count: int
    owed: Money
    credit: Money
    charge: Money
    pay: Money
    smallest: int = 1
    step: int = 1


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """What the statement said when it was made."""

    period_start: date
    period_end: date
    closing_balance: Money
    payable: Money
    made_on: date


@dataclass(frozen=True, slots=True)
class PayPage:
    """A link that can be paid, or was, or whose payment is under way.

    `due` is all that could be paid; `chosen` is what is ticked of it, None where nothing can be.

    `state`: "due"; "processing" (nothing payable until it settles, `expected_by` set); "paid"
    (`paid_on`, `paid_with` set when one payment did it); "nothing_due" (void, credited);
    "unavailable" (the account cannot take money now: `notice` says so and whom to call);
    "disputed" (a payment is in dispute and nothing else is due: `notice` says whom to call).
    """

    company: Company
    customer_name: str
    state: PageState
    invoices: tuple[PayPageInvoice, ...]
    due: Money
    methods: tuple[Method, ...]  # preferred first
    action: str  # where the form posts to
    locale: str
    pending: Money | None = None
    expected_by: date | None = None
    paid_on: date | None = None
    paid_with: str = ""
    notice: str = ""  # one sentence on top: "A colleague is paying this just now."
    received: Money | None = None  # came through this link just now; the rest is still due
    credited: Money | None = None  # of their credit was used through it just now
    credit: CreditOffer | None = None
    chosen: PaySum | None = None
    statement: PrintedStatement | None = None
    form: PayForm = field(default_factory=PayForm)
    confirming: Money | None = None  # paid on the gateway's page; the ledger is not yet told

    @property
    def open(self) -> Money:
        """All that could be paid, before any credit."""
        payable = (row.payable for row in self.invoices)
        return Money(sum(one.minor for one in payable if one), self.due.currency)

    @property
    def csv_url(self) -> str:
        return f"{self.action}/invoices.csv"


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page without amounts: unknown, off, disabled or replaced links, expired previews."""

    title: str
    sentence: str
    company: Company | None  # None: not even the seller is told


@dataclass(frozen=True, slots=True)
class CounterPage:
    """On a member of staff's screen, for a customer at the counter to photograph."""

    company: Company
    customer_name: str
    invoice_numbers: tuple[str, ...]
    due: Money
    pay_url: str
    locale: str

"""The values that pages are rendered from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from renderers.documents import Company
from storage.methods import Method
from storage.money import Money

PageState = Literal["due", "processing", "paid", "nothing_due", "unavailable", "disputed"]


@dataclass(frozen=True, slots=True)
class PayPageInvoice:
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


@dataclass(frozen=True, slots=True)
class PayForm:
    """What the payer may fill in, and what was typed when the page comes back with a mistake."""

    takes_part: bool = True  # another amount than all of it may be paid
    amount: str = ""
    reference: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)  # sentences by field


@dataclass(frozen=True, slots=True)
class PayPage:
    """A link that can be paid, or was, or whose payment is under way.

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
    form: PayForm = field(default_factory=PayForm)
    just_returned: bool = False  # back from the gateway's page, the ledger not yet told


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

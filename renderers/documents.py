"""The values that documents, mails, pages and cards are rendered from.

Each is complete before rendering: templates hold no arithmetic and ask nobody.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from storage.methods import Method
from storage.money import Money


@dataclass(frozen=True, slots=True)
class Company:
    """The seller, as on every document."""

    name: str
    address: str = ""  # lines separated by newlines
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    logo: str = ""  # path of an SVG, JPEG or PNG file; empty for none
    remit_to: str = ""  # bank details, lines separated by newlines

    @property
    def contact(self) -> str:
        """Whom to call, in one phrase."""
        return " or ".join(part for part in (self.phone, self.email) if part)


@dataclass(frozen=True, slots=True)
class Party:
    """The customer a document is made out to."""

    id: str  # the account number
    name: str
    address: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    tax_rate: Decimal  # percent
    amount: Money  # net


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row for each tax rate."""

    rate: Decimal  # percent
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice, or a credit memo (`is_credit_memo`: negative total, no link)."""

    company: Company
    customer: Party
    number: str
    version: int
    is_credit_memo: bool
    issue_date: date
    due_date: date
    terms: str  # "30 days"
    order_number: str
    po_number: str
    notes: str
    applies_to: str  # the invoice a credit memo is applied to, or ""
    lines: tuple[DocumentLine, ...]
    net: Money
    taxes: tuple[TaxLine, ...]
    rounding: Money
    total: Money
    paid: Money  # payments put on it
    credits: Money  # credit memos put on it
    balance: Money
    locale: str  # such as "en_US"
    pay_url: str | None = None  # None: no button, no QR code, no address in print

    @property
    def corrected(self) -> bool:
        return self.version > 1

    @property
    def title(self) -> str:
        return "Credit memo" if self.is_credit_memo else "Invoice"


@dataclass(frozen=True, slots=True)
class InvoiceEmail:
    """The mail that carries an invoice."""

    document: InvoiceDocument
    sender_name: str  # the person who sent it; "" when the product did
    message: str  # the sender's words, plain text; "" for none


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    invoice_number: str
    applied: Money
    remaining: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """The mail that confirms a payment to the customer."""

    company: Company
    customer: Party
    payment_id: str  # the reference
    amount: Money
    method: str  # "Visa ending in 4242"
    paid_on: date
    lines: tuple[ReceiptLine, ...]
    unapplied: Money
    statement_descriptor: str
    customer_reference: str  # the customer's own, or ""
    locale: str


@dataclass(frozen=True, slots=True)
class EmailContent:
    """A rendered mail without addresses: subject, the HTML and its text twin."""

    subject: str
    html: str
    text: str


# -- the pay page -------------------------------------------------------------------------------

PageState = Literal["due", "processing", "paid", "nothing_due", "unavailable"]


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
    "unavailable" (the account cannot take money now: `notice` says so and whom to call).
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


# -- Slack --------------------------------------------------------------------------------------

CardState = Literal[
    "held",  # will go out at `leaves_at`; Undo is there
    "sending",
    "sent",
    "undone",
    "failed",
    "unknown",  # it may have arrived; a person has to look
    "processing",
    "partly_paid",
    "paid",
    "link_off",
    "void",
    "written_off",
    "stopped",  # the invoice was voided or written off before the mail left
]


@dataclass(frozen=True, slots=True)
class CardRecipient:
    address: str
    outcome: Literal["pending", "sent", "refused", "unknown"]
    reply: str = ""
    is_new: bool = False  # not on file for this customer


@dataclass(frozen=True, slots=True)
class InvoiceCard:
    """The card in the sender's direct message, edited as things happen.

    `delivery_id` is the value of its buttons. `shared`: the copy in a channel, without e-mail
    addresses and without buttons that only the sender may press.
    """

    delivery_id: int
    invoice_number: str
    title: str  # "Invoice" or "Credit memo"
    customer_name: str
    total: Money
    balance: Money
    due_date: date
    state: CardState
    sender_id: str
    recipients: tuple[CardRecipient, ...]
    has_link: bool
    no_link_reason: str = ""  # why there is none; "" when it was simply not ticked
    mailed_at: datetime | None = None
    leaves_at: datetime | None = None
    mailed_before: datetime | None = None  # the same invoice within 24 h, before this one
    expected_by: date | None = None
    error: str = ""
    can_turn_off: bool = False
    can_retry: bool = False  # somebody was not reached for certain
    may_arrive_twice: bool = False  # the answer to a try was lost: a retry may be a second copy
    can_show_sent: bool = False  # its document is kept
    shared: bool = False


PaymentEvent = Literal["paid", "processing", "failed", "reversed"]


@dataclass(frozen=True, slots=True)
class PaymentReversed:
    """What staff took back of a payment that was taken elsewhere."""

    amount: Money
    by: str  # a Slack id, or "" when an import told of it
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentConfirmation:
    """What the payments channel is told about one payment.

    `event` "paid": money is there; "processing": a bank debit was started, `expected_by`;
    "failed": it came back, `failure` says why; "reversed": staff took it back.
    """

    event: PaymentEvent
    customer_name: str
    amount: Money
    method: str
    lines: tuple[ReceiptLine, ...]
    unapplied: Money
    payment_id: str
    sender_ids: tuple[str, ...]  # who sent the links: mentioned
    expected_by: date | None = None
    failure: str = ""
    recorded_by: str = ""  # who of our staff took it elsewhere, a Slack id
    reversed: PaymentReversed | None = None
    can_reverse: bool = False


@dataclass(frozen=True, slots=True)
class ExcessNotice:
    """Money that found no invoice, and what became of it: `left` is credit still."""

    text: str  # plain
    payment_id: str
    left: Money
    kept_by: str = ""  # who said that it stays credit, a Slack id


@dataclass(frozen=True, slots=True)
class SlackContent:
    """A Slack message: `text` stands alone for notifications and screen readers."""

    text: str
    blocks: list[dict[str, object]]

"""The values that Slack's cards and posts are rendered from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from renderers.documents import CreditLine, ReceiptLine
from storage.money import Money

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
    "refunded",  # all that was paid went back, and the balance is open
    "partly_refunded",
    "disputed",
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
class CardAmounts:
    """What the card of an invoice says about money; that of an order confirmation says nothing."""

    total: Money
    balance: Money
    due_date: date | None  # None: of a statement, whose invoices have their own
    refunded: Money | None = None  # what refunds took off the invoice
    total_label: str = "Total"
    balance_label: str = "Balance"


@dataclass(frozen=True, slots=True)
class MailCard:
    """The card in the sender's direct message, edited as things happen.

    `delivery_id` is the value of its buttons. `shared`: the copy in a channel, without e-mail
    addresses and without buttons that only the sender may press.
    """

    delivery_id: int
    title: str  # "Invoice", "Credit memo", "Order confirmation" or "Statement"
    number: str
    customer_name: str
    amounts: CardAmounts | None
    state: CardState
    sender_id: str
    recipients: tuple[CardRecipient, ...]
    has_link: bool
    with_order: str = ""  # the order whose confirmation went along with the invoice
    no_link_reason: str = ""  # why there is none; "" when it was simply not ticked
    mailed_at: datetime | None = None
    leaves_at: datetime | None = None
    mailed_before: datetime | None = None  # one of its documents within 24 h, before this one
    expected_by: date | None = None
    error: str = ""
    can_turn_off: bool = False
    can_retry: bool = False  # somebody was not reached for certain
    may_arrive_twice: bool = False  # the answer to a try was lost: a retry may be a second copy
    can_show_sent: bool = False  # its document is kept
    shared: bool = False


PaymentEvent = Literal["paid", "credited", "processing", "failed", "reversed"]


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
    "failed": it came back, `failure` says why; "reversed": staff took it back; "credited": no
    money, credit alone was enough.
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
    credits: tuple[CreditLine, ...] = ()  # of the customer's own, used beside the money


@dataclass(frozen=True, slots=True)
class ExcessNotice:
    """Money that found no invoice, and what became of it: `left` is credit still."""

    text: str  # plain
    payment_id: str
    left: Money
    kept_by: str = ""  # who said that it stays credit, a Slack id


@dataclass(frozen=True, slots=True)
class Gap:
    """An invoice that did not go as it should have, and why."""

    invoice_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class AutomaticReport:
    """What became of the invoices that one import let be mailed by themselves.

    Those in `without_link` and `partly` were mailed, or are on their way, all the same.
    """

    run_id: int
    imported_at: datetime
    mailed: int
    on_their_way: int
    without_link: tuple[Gap, ...]
    partly: tuple[Gap, ...]  # some addresses refused it, or there was no room for them
    unclear: tuple[Gap, ...]  # it may have arrived; a person has to look
    not_mailed: tuple[Gap, ...]
    trial: bool = False  # MAIL_MODE redirect: no customer got anything


@dataclass(frozen=True, slots=True)
class SlackContent:
    """A Slack message: `text` stands alone for notifications and screen readers."""

    text: str
    blocks: list[dict[str, object]]

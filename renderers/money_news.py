"""What staff are told of refunds, disputes and requests: values, complete before rendering."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from renderers.documents import ReceiptLine
from storage.money import Money

RefundEvent = Literal["refund_pending", "refunded", "refund_failed"]


@dataclass(frozen=True, slots=True)
class RefundNews:
    """What staff are told about one refund; `lines`: what came off which invoice."""

    event: RefundEvent
    customer_name: str
    amount: Money
    payment_id: str
    refund_id: str
    requested_by: str  # a Slack id; "": made in Stripe's Dashboard
    approved_by: str  # a Slack id, or "" when nobody was asked
    lines: tuple[ReceiptLine, ...]
    left: Money  # what is left of the payment
    reason: str
    note: str = ""
    failure: str = ""


DisputeEvent = Literal["opened", "withdrawn", "reinstated", "won", "lost", "closed"]


@dataclass(frozen=True, slots=True)
class DisputeCard:
    """The post about one dispute, edited as it goes on."""

    dispute_id: str
    payment_id: str
    customer_name: str
    amount: Money
    withdrawn: Money
    invoice_numbers: tuple[str, ...]
    reason: str  # Stripe's word
    status: str  # Stripe's word
    is_open: bool
    due_by: datetime | None
    taken_by: str  # a Slack id, or ""
    dashboard_url: str


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """A request as it is shown: `facts` are pairs of a label and plain text."""

    approval_id: str
    headline: str
    facts: tuple[tuple[str, str], ...]
    status: str
    requested_by: str
    decided_by: str
    reason: str
    expires_at: datetime
    for_requester: bool = False  # their own copy: Withdraw instead of Review

"""What services need from outside, as small protocols; `bot.wiring` picks who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from storage.gateway_states import CLOSED, DisputeStatus, RefundReason, RefundStatus
from storage.methods import Method
from storage.money import Money


class Clock(Protocol):
    """Business time may be set (`run-due --now`); leases and retries go by the real clock."""

    def now(self) -> datetime: ...

    def real(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SetClock:
    """Business time stands at one instant."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def real(self) -> datetime:
        return datetime.now(UTC)


# -- mail ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailEnvelope:
    sender: str
    recipients: tuple[str, ...]
    message: bytes  # the whole MIME message
    silent: tuple[str, ...] = ()  # get it too, without a say: only if a recipient was accepted


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """What the server said about one address: 250 sent, 4xx later, 5xx never."""

    address: str
    code: int
    reply: str
    of_message: bool = False  # the server judged the message, not the address

    @property
    def sent(self) -> bool:
        return 200 <= self.code < 300  # noqa: PLR2004 -- SMTP's own classes of reply

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500  # noqa: PLR2004 -- SMTP's own classes of reply


class MailOutcomeUnknown(Exception):
    """The connection broke after DATA began: the server may have the message."""


class Mailer(Protocol):
    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        """Hand one message to the mail server.

        `before_data` is called when at least one recipient was accepted, just before DATA; it may
        raise to stop there. Raises `MailUnavailable` while nothing was sent, `Refused` when the
        server will never take the sender, `MailOutcomeUnknown` once something may have been sent.
        """
        ...


# -- Slack --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlackPost:
    channel: str  # a channel's id or #name, or a person's id for a direct message
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    key: str = ""  # the delivery's key, kept in the message's metadata


@dataclass(frozen=True, slots=True)
class Posted:
    channel: str
    ts: str


class SlackOutcomeUnknown(Exception):
    """The answer was lost: Slack may have the message."""


class Announcer(Protocol):
    """Raises `SlackUnavailable` (try again), `Refused` (never), or `SlackOutcomeUnknown`."""

    def post(self, post: SlackPost) -> Posted: ...

    def update(self, ts: str, post: SlackPost) -> Posted: ...


# -- the payment gateway ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """Everything a checkout session needs; `attempt_id` names the idempotency key."""

    attempt_id: str
    lines: tuple[CheckoutLine, ...]
    method: Method
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class GatewayPayment:
    """A PaymentIntent as the gateway tells it now."""

    id: str
    status: Literal["processing", "succeeded", "failed", "canceled", "requires_payment"]
    amount: Money
    method: str = ""
    method_detail: str = ""  # "Visa ending in 4242", "Test Bank ending in 6789"
    payer_email: str = ""
    statement_descriptor: str = ""
    failure: str = ""
    attempt_id: str = ""  # from our metadata; empty when it is not ours
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A checkout session as the gateway tells it now."""

    id: str
    url: str
    status: Literal["open", "complete", "expired"]
    attempt_id: str
    expires_at: datetime
    livemode: bool
    payment: GatewayPayment | None = None


class Checkouts(Protocol):
    """Raises `GatewayUnavailable`; `Refused` when the gateway will never accept it."""

    def start(self, request: CheckoutRequest) -> CheckoutSession: ...

    def find(self, session_id: str) -> CheckoutSession: ...

    def expire(self, session_id: str) -> CheckoutSession:
        """Make it unpayable and return how it stands: it may have been completed meanwhile."""
        ...


class GatewayPayments(Protocol):
    def find(self, payment_id: str) -> GatewayPayment: ...

    def session_of(self, payment_id: str) -> CheckoutSession | None:
        """The checkout session that made the payment, if one did."""
        ...


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to be given back; `key` is the idempotency key, `order_id` is told to the gateway."""

    order_id: str
    key: str
    payment_id: str
    amount: Money
    reason: RefundReason


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """A refund as the gateway tells it now."""

    id: str
    payment_id: str
    amount: Money
    status: RefundStatus
    created: datetime
    reason: str = ""
    failure: str = ""
    order_id: str = ""  # from our metadata; empty when it was made in the gateway's Dashboard


class Refunds(Protocol):
    """Raises `GatewayUnavailable`; `Refused` with a sentence for whoever asked."""

    def make(self, request: RefundRequest) -> GatewayRefund:
        """The same key makes one refund, however often it is asked."""
        ...

    def find(self, refund_id: str) -> GatewayRefund: ...

    def of_payment(self, payment_id: str) -> list[GatewayRefund]: ...


@dataclass(frozen=True, slots=True)
class GatewayDispute:
    """A dispute as the gateway tells it now.

    `withdrawn`: taken and not given back; `movements`: how often money has moved for it.
    """

    id: str
    payment_id: str
    amount: Money
    reason: str
    status: DisputeStatus
    withdrawn: Money
    movements: int
    created: datetime
    due_by: datetime | None = None  # until when evidence is taken

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED


class Disputes(Protocol):
    def find(self, dispute_id: str) -> GatewayDispute:
        """Raises `GatewayUnavailable` or `Refused`."""
        ...


@dataclass(frozen=True, slots=True)
class AccountState:
    """Whether the account can take money now, and by which methods."""

    status: Literal["not_connected", "active", "restricted"]
    methods: tuple[Method, ...] = ()
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class AccountReading:
    """The account as the gateway tells it now."""

    account_id: str  # "": the key may take payments and not look at the account
    status: Literal["active", "restricted"]
    methods: tuple[Method, ...] = ()
    name: str = ""
    requirements: tuple[str, ...] = ()  # the gateway's words
    disabled_reason: str = ""  # the gateway's word
    problem: str = ""  # a sentence, when the key itself is at fault
    due_by: datetime | None = None


class GatewayAccount(Protocol):
    def state(self) -> AccountState:
        """As it was last read: it stands in the way of forms and pages, so nobody is asked."""
        ...

    def read(self) -> AccountReading:
        """Asks the gateway. Raises `GatewayUnavailable` or `Refused`."""
        ...


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    id: str
    type: str
    object_id: str
    livemode: bool
    payload: dict[str, Any]
    created: datetime | None = None  # by the gateway's clock


class GatewayHistory(Protocol):
    def events_since(self, instant: datetime, *, limit: int) -> list[ReceivedEvent]:
        """The oldest `limit` events that matter to us, made at `instant` or later, oldest first.

        Each knows when it was `created`. Raises `GatewayUnavailable` or `Refused`.
        """
        ...


class BadSignature(Exception):
    """The request does not come from the gateway, or is not an event."""


class EventVerifier(Protocol):
    def verify(self, body: bytes, signature: str, now: datetime) -> ReceivedEvent:
        """Raises `BadSignature` for anything that is not a genuine event of at most 300 s."""
        ...


# -- documents ----------------------------------------------------------------------------------


class PdfRenderer(Protocol):
    def render(self, html: str, *, title: str) -> bytes:
        """Raises `RenderFailed` when it took too long, too much memory, or is not renderable."""
        ...

    def close(self) -> None: ...

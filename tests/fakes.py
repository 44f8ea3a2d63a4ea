"""Hand-written stand-ins for the ports, for tests that need no wire."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from commands.errors import GatewayUnavailable, NotFound, SlackUnavailable
from commands.ports import (
    AccountReading,
    AccountState,
    CheckoutRequest,
    CheckoutSession,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    MailEnvelope,
    Posted,
    ReceivedEvent,
    RecipientOutcome,
    RefundRequest,
    SlackPost,
)
from storage.gateway_states import DisputeStatus, RefundStatus
from storage.money import Money
from storage.money import total as money_total


@dataclass
class StoppedClock:
    """Business time moves only when told; real time moves with it unless set apart."""

    instant: datetime
    ahead: timedelta = timedelta(0)  # how far the real clock is ahead of business time

    def now(self) -> datetime:
        return self.instant

    def real(self) -> datetime:
        return self.instant + self.ahead

    def advance(self, **step: float) -> None:
        self.instant += timedelta(**step)


@dataclass
class RecordingMailer:
    """Accepts everything unless `answers` has a code and reply for the address."""

    sent: list[MailEnvelope] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    fault_before_data: Exception | None = None
    fault_after_data: Exception | None = None

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        if self.fault_before_data:
            raise self.fault_before_data
        outcomes = [self._answer(address) for address in envelope.recipients]
        if any(outcome.sent for outcome in outcomes):
            before_data()
            if self.fault_after_data:
                raise self.fault_after_data
            self.sent.append(envelope)
        return outcomes

    def _answer(self, address: str) -> RecipientOutcome:
        code, reply = self.answers.get(address, (250, "OK"))
        return RecipientOutcome(address, code, reply)


@dataclass
class RecordingAnnouncer:
    posts: list[SlackPost] = field(default_factory=list)
    updates: list[tuple[str, SlackPost]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)  # raised first, one a call

    def post(self, post: SlackPost) -> Posted:
        self._fail()
        self.posts.append(post)
        channel = f"D{post.channel}" if post.channel.startswith("U") else post.channel
        return Posted(channel, f"1700000000.{len(self.posts):06d}")

    def update(self, ts: str, post: SlackPost) -> Posted:
        self._fail()
        self.updates.append((ts, post))
        return Posted(post.channel, ts)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


SLACK_BUSY = SlackUnavailable("Slack asks us to wait.", retry_after=30)


@dataclass
class MemoryGateway:
    """Sessions and events in memory: Checkouts and GatewayHistory; tests complete them by hand."""

    sessions: dict[str, CheckoutSession] = field(default_factory=dict)
    requests: list[CheckoutRequest] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    events: list[ReceivedEvent] = field(default_factory=list)
    forget_answers: int = 0  # so many sessions are made, and the answer is lost
    keeps_open: bool = False  # it refuses to expire a session, and it can still be paid
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def start(self, request: CheckoutRequest) -> CheckoutSession:
        self._fail()
        with self._one_at_a_time:
            self.requests.append(request)
            known = self.of_attempt(request.attempt_id)
            return known or self._make(request)

    def of_attempt(self, attempt_id: str) -> CheckoutSession | None:
        """The session made under that key."""
        made = (s for s in self.sessions.values() if s.attempt_id == attempt_id)
        return next(made, None)

    def _make(self, request: CheckoutRequest) -> CheckoutSession:
        number = len(self.sessions) + 1
        session = CheckoutSession(
            id=f"cs_test_{number}",
            url=f"https://checkout.test/{number}",
            status="open",
            attempt_id=request.attempt_id,
            expires_at=request.expires_at,
            livemode=False,
        )
        self.sessions[session.id] = session
        if self.forget_answers:
            self.forget_answers -= 1
            raise GatewayUnavailable("The answer was lost.", outcome_known=False)
        return session

    def find(self, session_id: str) -> CheckoutSession:
        self._fail()
        return self.sessions[session_id]

    def expire(self, session_id: str) -> CheckoutSession:
        self._fail()
        session = self.sessions[session_id]
        if session.status == "open" and not self.keeps_open:
            session = self.sessions[session_id] = replace(session, status="expired")
        return session

    def events_since(self, instant: datetime, *, limit: int) -> list[ReceivedEvent]:
        self._fail()
        made = [event for event in self.events if event.created and event.created >= instant]
        return sorted(made, key=lambda event: event.created or instant)[:limit]

    def complete(
        self, session_id: str, *, status: str = "succeeded", **own: object
    ) -> CheckoutSession:
        """What happens when the customer pays: `status` "processing" for a bank debit."""
        session = self.sessions[session_id]
        asked = next(r for r in self.requests if r.attempt_id == session.attempt_id)
        amount = money_total((x.amount for x in asked.lines), asked.lines[0].amount.currency)
        payment = GatewayPayment(
            id=session_id.replace("cs_test_", "pi_"),
            status=status,  # type: ignore[arg-type]  # a test's own word
            amount=amount,
            method=asked.method,
            method_detail="Visa ending in 4242",
            payer_email="payer@iris.test",
            statement_descriptor="BLOOM WHOLESALE",
            attempt_id=session.attempt_id,
            created=datetime(2026, 3, 10, 15, 0, tzinfo=UTC),
        )
        payment = replace(payment, **own)  # type: ignore[arg-type]  # overrides by name
        done = replace(session, status="complete", payment=payment)
        self.sessions[session_id] = done
        return done

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


@dataclass
class MemoryPayments:
    """GatewayPayments over the sessions of a MemoryGateway."""

    gateway: MemoryGateway

    def find(self, payment_id: str) -> GatewayPayment:
        session = self.session_of(payment_id)
        if session is None or session.payment is None:
            raise NotFound("Stripe does not know it.")
        return session.payment

    def session_of(self, payment_id: str) -> CheckoutSession | None:
        for session in self.gateway.sessions.values():
            if session.payment is not None and session.payment.id == payment_id:
                return session
        return None


@dataclass
class MemoryRefunds:
    """Refunds in memory, one for each key; `forget_answers`: so many are made and not told."""

    made: dict[str, GatewayRefund] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    requests: list[RefundRequest] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    forget_answers: int = 0
    vanish: int = 0  # so many are made, and the worker that asked stops over it
    status: RefundStatus = "succeeded"  # of what is made from now on

    def make(self, request: RefundRequest) -> GatewayRefund:
        self.requests.append(request)
        self._fail()
        if request.key not in self.keys:
            told = self.add(request.payment_id, request.amount, order_id=request.order_id)
            self.keys[request.key] = told.id
        if self.vanish:
            self.vanish -= 1
            raise SystemExit
        if self.forget_answers:
            self.forget_answers -= 1
            raise GatewayUnavailable("The answer was lost.", outcome_known=False)
        return self.made[self.keys[request.key]]

    def add(self, payment_id: str, amount: Money, **own: object) -> GatewayRefund:
        """What somebody does in the Dashboard."""
        told = GatewayRefund(
            id=f"re_{len(self.made) + 1}",
            payment_id=payment_id,
            amount=amount,
            status=self.status,
            created=datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
        )
        told = self.made[told.id] = replace(told, **own)  # type: ignore[arg-type]  # overrides by name
        return told

    def change(self, refund_id: str, status: RefundStatus, failure: str = "") -> GatewayRefund:
        told = replace(self.made[refund_id], status=status, failure=failure)
        self.made[refund_id] = told
        return told

    def find(self, refund_id: str) -> GatewayRefund:
        self._fail()
        if refund_id not in self.made:
            raise NotFound("Stripe does not know it.")
        return self.made[refund_id]

    def of_payment(self, payment_id: str) -> list[GatewayRefund]:
        self._fail()
        return [told for told in self.made.values() if told.payment_id == payment_id]

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


@dataclass
class MemoryDisputes:
    """Disputes in memory; tests move them by hand."""

    known: dict[str, GatewayDispute] = field(default_factory=dict)

    def open(self, payment_id: str, amount: Money, **own: object) -> GatewayDispute:
        told = GatewayDispute(
            id=f"du_{len(self.known) + 1}",
            payment_id=payment_id,
            amount=amount,
            reason="product_not_received",
            status="needs_response",
            withdrawn=Money(0, amount.currency),
            movements=0,
            created=datetime(2026, 3, 12, 9, 0, tzinfo=UTC),
            due_by=datetime(2026, 3, 21, 9, 0, tzinfo=UTC),
        )
        told = self.known[told.id] = replace(told, **own)  # type: ignore[arg-type]  # overrides by name
        return told

    def withdraw(self, dispute_id: str) -> GatewayDispute:
        told = self.known[dispute_id]
        return self._keep(replace(told, withdrawn=told.amount, movements=1))

    def close(self, dispute_id: str, status: DisputeStatus) -> GatewayDispute:
        told = replace(self.known[dispute_id], status=status)
        if status == "won":
            nothing = Money(0, told.amount.currency)
            told = replace(told, withdrawn=nothing, movements=told.movements + 1)
        return self._keep(told)

    def find(self, dispute_id: str) -> GatewayDispute:
        if dispute_id not in self.known:
            raise NotFound("Stripe does not know it.")
        return self.known[dispute_id]

    def _keep(self, told: GatewayDispute) -> GatewayDispute:
        self.known[told.id] = told
        return told


@dataclass
class SwitchedAccount:
    answer: AccountState = field(
        default_factory=lambda: AccountState("active", ("card", "us_bank_account"))
    )

    reading: AccountReading = field(
        default_factory=lambda: AccountReading("acct_1", "active", ("card", "us_bank_account"))
    )

    def state(self) -> AccountState:
        return self.answer

    def read(self) -> AccountReading:
        return self.reading


class PlainPdfs:
    """Bytes that begin like a PDF and hold the HTML: quick, and enough to attach."""

    def render(self, html: str, *, title: str) -> bytes:
        return b"%PDF-1.7\n" + title.encode() + b"\n" + html.encode()

    def close(self) -> None:
        """Nothing was started."""

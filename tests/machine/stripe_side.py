"""What Stripe's side does of itself: payers, banks and whoever sits at the Dashboard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from commands.errors import Refused
from commands.ports import (
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
    ReceivedEvent,
    RefundRequest,
)
from storage.gateway_states import DisputeStatus, RefundStatus
from storage.money import Money
from storage.refunds import COUNTED
from tests.builders import NOW
from tests.fakes import MemoryDisputes, MemoryGateway, MemoryRefunds, StoppedClock

TAKEN: frozenset[DisputeStatus] = frozenset({"needs_response", "under_review", "lost"})


@dataclass
class StripeSide:
    """Every act leaves the events that Stripe would send, for somebody to deliver."""

    gateway: MemoryGateway = field(default_factory=MemoryGateway)
    refunds: MemoryRefunds = field(default_factory=MemoryRefunds)
    disputes: MemoryDisputes = field(default_factory=MemoryDisputes)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(NOW))

    def possible(self, pick: int, minor: int) -> list[Callable[[], None]]:
        """What could happen next here, each with one of the things that it could happen to."""
        return [
            *self._to_sessions(pick),
            *self._to_refunds(pick),
            *self._to_disputes(pick),
            *self._to_payments(pick, minor),
        ]

    def _to_sessions(self, pick: int) -> Iterator[Callable[[], None]]:
        for session_id in _one_of(self.open_sessions(), pick):
            yield partial(self.pay, session_id, by_debit=False)
            yield partial(self.pay, session_id, by_debit=True)
            yield partial(self.expire, session_id)
        for session_id in _one_of(self.debits_under_way(), pick):
            yield partial(self.end_debit, session_id, settled=True)
            yield partial(self.end_debit, session_id, settled=False)

    def _to_refunds(self, pick: int) -> Iterator[Callable[[], None]]:
        for refund_id in _one_of(self.moving_refunds(), pick):
            yield partial(self.move_refund, refund_id, "failed")
            yield partial(self.move_refund, refund_id, "succeeded")

    def _to_disputes(self, pick: int) -> Iterator[Callable[[], None]]:
        for dispute_id in _one_of(self.open_disputes(), pick):
            yield partial(self.withdraw, dispute_id)
            yield partial(self.close, dispute_id, "won")
            yield partial(self.close, dispute_id, "lost")

    def _to_payments(self, pick: int, minor: int) -> Iterator[Callable[[], None]]:
        for payment_id in _one_of(sorted(self.captured()), pick):
            yield partial(self.refund_in_dashboard, payment_id, minor)
            yield partial(self.dispute, payment_id)
            yield partial(self.dispute, payment_id, at_once=True)

    # -- payments -------------------------------------------------------------------------------

    def open_sessions(self) -> list[str]:
        return [s.id for s in self.gateway.sessions.values() if s.status == "open"]

    def debits_under_way(self) -> list[str]:
        sessions = self.gateway.sessions.values()
        return [s.id for s in sessions if s.payment and s.payment.status == "processing"]

    def pay(self, session_id: str, *, by_debit: bool) -> None:
        status = "processing" if by_debit else "succeeded"
        done = self.gateway.complete(session_id, status=status)
        assert done.payment is not None
        self.tell("checkout.session.completed", session_id)
        self.tell(f"payment_intent.{status}", done.payment.id)

    def end_debit(self, session_id: str, *, settled: bool) -> None:
        status = "succeeded" if settled else "failed"
        done = self.gateway.complete(session_id, status=status)
        assert done.payment is not None
        self.tell(f"checkout.session.async_payment_{status}", session_id)
        kind = "succeeded" if settled else "payment_failed"
        self.tell(f"payment_intent.{kind}", done.payment.id)

    def expire(self, session_id: str) -> None:
        self.gateway.expire(session_id)
        self.tell("checkout.session.expired", session_id)

    def captured(self) -> dict[str, GatewayPayment]:
        """Payments that are money."""
        made = [s.payment for s in self.gateway.sessions.values() if s.payment]
        return {payment.id: payment for payment in made if payment.status == "succeeded"}

    # -- money that goes back -------------------------------------------------------------------

    def make_refund(self, request: RefundRequest) -> GatewayRefund:
        """As the API does: the same key is the same refund; Stripe's own rules."""
        known = set(self.refunds.made)
        if request.key not in self.refunds.keys:
            self._require_refundable(request.payment_id, request.amount.minor)
        try:
            return self.refunds.make(request)
        finally:
            for refund_id in set(self.refunds.made) - known:
                self._tell_refund("refund.created", self.refunds.made[refund_id])

    def refund_in_dashboard(self, payment_id: str, minor: int) -> None:
        """At most `minor`, if anything can be given back at all."""
        amount = min(minor, self.refundable(payment_id))
        if amount > 0:
            made = self.refunds.add(payment_id, Money(amount, "USD"), created=self.clock.real())
            self._tell_refund("charge.refunded", made)

    def refundable(self, payment_id: str) -> int:
        if any(d.status in TAKEN for d in self._disputes_of(payment_id)):
            return 0
        return self.captured()[payment_id].amount.minor - self._refunded(payment_id)

    def moving_refunds(self) -> list[str]:
        """What may still fail: for a while even what had succeeded."""
        return [told.id for told in self.refunds.made.values() if told.status in COUNTED]

    def move_refund(self, refund_id: str, status: RefundStatus) -> None:
        kind = "refund.failed" if status == "failed" else "refund.updated"
        self._tell_refund(kind, self.refunds.change(refund_id, status))

    def dispute(self, payment_id: str, *, at_once: bool = False) -> None:
        """The payer asks the bank for what has not gone back yet."""
        left = self.captured()[payment_id].amount.minor - self._refunded(payment_id)
        if left > 0 and not any(d.status in TAKEN for d in self._disputes_of(payment_id)):
            made = self.disputes.open(payment_id, Money(left, "USD"), created=self.clock.real())
            self._tell_dispute("created", made.id)
            if at_once:  # as a rule the money goes with the word
                self.withdraw(made.id)

    def open_disputes(self) -> list[str]:
        return [d.id for d in self.disputes.known.values() if d.status == "needs_response"]

    def withdraw(self, dispute_id: str) -> None:
        if not self.disputes.known[dispute_id].movements:
            self.disputes.withdraw(dispute_id)
            self._tell_dispute("funds_withdrawn", dispute_id)

    def close(self, dispute_id: str, status: DisputeStatus) -> None:
        self.withdraw(dispute_id)
        self.disputes.close(dispute_id, status)
        self._tell_dispute("closed", dispute_id)
        if status == "won":
            self._tell_dispute("funds_reinstated", dispute_id)

    # -- how ------------------------------------------------------------------------------------

    def _require_refundable(self, payment_id: str, minor: int) -> None:
        if minor > self.refundable(payment_id):
            raise Refused("The amount is greater than what can be refunded of the charge.")

    def _refunded(self, payment_id: str) -> int:
        made = [r for r in self.refunds.made.values() if r.payment_id == payment_id]
        return sum(told.amount.minor for told in made if told.status in COUNTED)

    def _disputes_of(self, payment_id: str) -> list[GatewayDispute]:
        return [d for d in self.disputes.known.values() if d.payment_id == payment_id]

    def _tell_refund(self, kind: str, refund: GatewayRefund) -> None:
        self.tell(kind, refund.id, payment_id=refund.payment_id)

    def _tell_dispute(self, what: str, dispute_id: str) -> None:
        payment_id = self.disputes.known[dispute_id].payment_id
        self.tell(f"charge.dispute.{what}", dispute_id, payment_id=payment_id)

    def tell(self, kind: str, object_id: str, *, payment_id: str = "") -> None:
        number, instant = len(self.gateway.events) + 1, self.clock.real()
        payload = {"payment_intent": payment_id} if payment_id else {}
        event = ReceivedEvent(f"evt_{number}", kind, object_id, False, payload, created=instant)
        self.gateway.events.append(event)


def _one_of(ids: list[str], pick: int) -> list[str]:
    return [ids[pick % len(ids)]] if ids else []

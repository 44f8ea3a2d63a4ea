"""What payers, banks, time and the network do, at the push of a button.

Each act is a method; `ACTS` names those that a page may call with plain strings.
"""

from collections.abc import Callable
from typing import Any, cast

from bot.sandbox.stripe import (
    accounts,
    balance,
    checkout,
    disputes,
    hosted_page,
    payments,
    refunds,
)
from bot.sandbox.stripe.books import Books, Record, snapshot
from bot.sandbox.stripe.delivery import DeliveryMode, Manner, WebhookSender
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.faults import Fault, FaultKind, Faults

DECLINED_CARD, GOOD_CARD = "4000000000000002", "4242424242424242"


class Controls:
    """Objects are named by id; answers are copies of the objects that changed.

    ApiError when an act does not fit the object's state.
    """

    def __init__(self, books: Books, sender: WebhookSender, faults: Faults) -> None:
        self.books = books
        self.sender = sender
        self.faults = faults

    def pay(
        self,
        session_id: str,
        method: str = "card",
        outcome: str = "succeeds",
        email: str = "payer@customer.example",
        card_number: str = "",
        name: str = "",
    ) -> Record:
        """Fill and submit the hosted page; outcome: succeeds or declined; settles or fails."""
        number = card_number or (DECLINED_CARD if outcome == "declined" else GOOD_CARD)
        bank = "fails" if outcome == "fails" else "settles"
        form = hosted_page.PageForm(method, email, name, number, bank)
        with self.books.lock:
            checkout.expire_overdue(self.books)
            session = self.books.get("checkout.session", session_id)
            problem = hosted_page.pay(self.books, session, form)
            if problem and outcome != "declined":
                raise invalid(problem)
            return snapshot(session)

    def settle(self, given: str) -> Record:
        """The bank debit of this session or payment intent arrives."""
        with self.books.lock:
            return snapshot(payments.settle(self.books, self._intent(given)))

    def fail(self, given: str) -> Record:
        """The bank debit of this session or payment intent comes back (R01)."""
        with self.books.lock:
            return snapshot(payments.fail(self.books, self._intent(given)))

    def finish_bank_debits(self) -> int:
        """Every debit in flight ends as was chosen on the page; how many there were."""
        with self.books.lock:
            return len(payments.finish_bank_debits(self.books))

    def expire(self, session_id: str) -> Record:
        with self.books.lock:
            return snapshot(checkout.expire(self.books, {}, session_id))

    def refund(self, given: str, amount: int | None = None) -> Record:
        """A refund made in the Dashboard; `amount` in minor units, default all that is left."""
        with self.books.lock:
            params = {"payment_intent": self._intent(given)["id"]}
            chosen = {} if amount is None else {"amount": amount}
            return snapshot(refunds.create(self.books, params | chosen))

    def settle_refund(self, refund_id: str) -> Record:
        with self.books.lock:
            return snapshot(refunds.settle(self.books, self._named("refund", refund_id)))

    def fail_refund(self, refund_id: str) -> Record:
        with self.books.lock:
            return snapshot(refunds.fail(self.books, self._named("refund", refund_id)))

    def dispute(self, given: str, reason: str = "fraudulent") -> Record:
        with self.books.lock:
            return snapshot(disputes.open_dispute(self.books, self._intent(given), reason))

    def win_dispute(self, dispute_id: str) -> Record:
        with self.books.lock:
            dispute = self._named("dispute", dispute_id)
            return snapshot(disputes.close(self.books, dispute, "won"))

    def lose_dispute(self, dispute_id: str) -> Record:
        with self.books.lock:
            dispute = self._named("dispute", dispute_id)
            return snapshot(disputes.close(self.books, dispute, "lost"))

    def pay_out(self, currency: str = "usd") -> Record:
        with self.books.lock:
            return snapshot(balance.pay_out(self.books, currency))

    def restrict_account(self) -> Record:
        with self.books.lock:
            return accounts.set_charges_enabled(self.books, enabled=False)

    def unrestrict_account(self) -> Record:
        with self.books.lock:
            return accounts.set_charges_enabled(self.books, enabled=True)

    def deliver_events(self, manner: Manner, seconds: float = 0.0, copies: int = 2) -> None:
        """How events travel from now on: normal, hold, late, duplicate, shuffle or never."""
        self.sender.mode = DeliveryMode(manner, seconds, copies)

    def release_events(self, event_id: str | None = None) -> int:
        """Send what `hold` collected, all or one; how many were sent."""
        with self.books.lock:
            return self.sender.release(event_id)

    def redeliver(self, event_id: str) -> None:
        """Send an event once more, whatever the manner."""
        with self.books.lock:
            self.sender.send(self._named("event", event_id))

    def forget_events(self) -> int:
        """Nobody can learn any more what happened so far; how many events there were."""
        with self.books.lock:
            return self.books.forget_events()

    def fail_next(
        self,
        kind: FaultKind,
        path: str = "",
        times: int = 1,
        seconds: float = 0.0,
        method: str = "",
    ) -> None:
        """The next `times` calls whose path starts with `path` meet this fault."""
        self.faults.order(Fault(kind, path, method, seconds), times)

    def captured(self) -> dict[str, int]:
        """Money taken minus money given back, minor units per currency."""
        with self.books.lock:
            return balance.captured(self.books)

    def withdrawn(self) -> dict[str, int]:
        """Money that disputes hold or have taken, minor units per currency."""
        with self.books.lock:
            return disputes.withdrawn(self.books)

    def _named(self, kind: str, given: str) -> Record:
        return self.books.get(kind, given)

    def _intent(self, given: str) -> Record:
        """The payment intent behind a session, charge or payment intent id."""
        record = self.books.find(given) or {}
        behind = record.get("payment_intent") or given
        return self.books.get("payment_intent", behind)


def _amount(fields: dict[str, str]) -> int | None:
    return int(fields["amount"]) if fields.get("amount") else None


def _mode(controls: Controls, fields: dict[str, str]) -> None:
    manner = cast(Manner, fields["mode"])  # checked by DeliveryMode
    seconds, copies = float(fields.get("seconds") or 0), int(fields.get("copies") or 2)
    controls.deliver_events(manner, seconds, copies)


def _fault(controls: Controls, fields: dict[str, str]) -> None:
    kind = cast(FaultKind, fields["kind"])  # checked by Fault
    seconds, times = float(fields.get("seconds") or 0), int(fields.get("times") or 1)
    controls.fail_next(kind, fields.get("path", ""), times, seconds, fields.get("method", ""))


ACTS: dict[str, Callable[[Controls, dict[str, str]], Any]] = {
    "pay": lambda c, f: c.pay(**f),
    "settle": lambda c, f: c.settle(f["id"]),
    "fail": lambda c, f: c.fail(f["id"]),
    "finish_bank_debits": lambda c, _f: c.finish_bank_debits(),
    "expire": lambda c, f: c.expire(f["id"]),
    "refund": lambda c, f: c.refund(f["id"], _amount(f)),
    "settle_refund": lambda c, f: c.settle_refund(f["id"]),
    "fail_refund": lambda c, f: c.fail_refund(f["id"]),
    "dispute": lambda c, f: c.dispute(f["id"], f.get("reason") or "fraudulent"),
    "win_dispute": lambda c, f: c.win_dispute(f["id"]),
    "lose_dispute": lambda c, f: c.lose_dispute(f["id"]),
    "pay_out": lambda c, f: c.pay_out(f.get("currency") or "usd"),
    "restrict_account": lambda c, _f: c.restrict_account(),
    "unrestrict_account": lambda c, _f: c.unrestrict_account(),
    "events": _mode,
    "release_events": lambda c, f: c.release_events(f.get("id") or None),
    "forget_events": lambda c, _f: c.forget_events(),
    "redeliver": lambda c, f: c.redeliver(f["id"]),
    "fault": _fault,
}

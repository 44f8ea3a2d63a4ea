"""Everything that can happen to an invoice, in any order, with a crash between any two steps.

What is drawn never depends on what is there (ids are random), only what it comes to.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as some
from hypothesis.stateful import initialize, rule

from storage.gateway_states import DisputeStatus
from tests.machine.acting import AMOUNTS, PICK, STEPS, Acting
from tests.machine.customer import MANY, PARTS, Beginning, Customers
from tests.machine.money_back import MoneyBack
from tests.machine.seller import Counter, Importing


class AtStripe(Acting):
    @rule(act=PICK, pick=PICK, amount=AMOUNTS, told=some.booleans())
    def at_stripe(self, act: int, pick: int, amount: int, told: bool) -> None:
        """`told`: of all that happened there so far, at once."""
        possible = self.shop.stripe.possible(pick, amount)
        if possible:
            self.one_of(possible, act)()
        if told:
            self.tell(0)

    @rule(pick=PICK, handled=some.booleans(), dies=STEPS)
    def deliver(self, pick: int, handled: bool, dies: int | None) -> None:
        """Any event that was ever made, however often."""
        known = self.shop.stripe.gateway.events
        with self.dying(dies):
            for event in [self.one_of(known, pick)] if known else []:
                self.shop.deliver(event)
            if handled:
                self.shop.handle()

    @rule(minutes=some.sampled_from([1, 10, 60 * 25, 60 * 80]), dies=STEPS)
    def time_passes(self, minutes: int, dies: int | None) -> None:
        self.shop.clock.advance(minutes=minutes)
        with self.dying(dies):
            self.shop.handle()
            self.shop.look_after()

    def tell(self, known: int) -> None:
        """Of all that happened after so many events."""
        for event in self.shop.stripe.gateway.events[known:]:
            self.shop.deliver(event)
        self.shop.handle_all()


class MoneyMachine(Importing, Counter, Customers, AtStripe, MoneyBack):
    """All of it."""


# Parts of it, in which a fault of just that part is found sooner.


class CheckoutMachine(Customers):
    @rule(pick=PICK)
    def a_link_ends(self, pick: int) -> None:
        with self.dying(None):
            self.turn_off_a_link("", pick)

    @rule(pick=PICK, part=PARTS)
    def pay_with_credit_beside(self, pick: int, part: int | None) -> None:
        self.pay_through_link(MANY // 2 + pick // 2, False, part, True)


class CounterMachine(Counter, Beginning):
    pass


class MoneyBackMachine(MoneyBack, AtStripe, Beginning):
    @initialize(payments=some.integers(min_value=1, max_value=2), part=PARTS)
    def begin(self, payments: int, part: int | None) -> None:
        """With money, for without any none goes back."""
        super().begin(payments, part)

    @rule(pick=PICK, amount=AMOUNTS, lost=some.booleans(), fails=some.booleans())
    def a_refund_all_the_way(self, pick: int, amount: int, lost: bool, fails: bool) -> None:
        with self.told_of():
            self.staff_refund(pick, amount, fails, False, None)
            self.the_refund_is_made(lost, False, None)
        with self.told_of():
            for refund_id in self.shop.stripe.moving_refunds()[-1:] if fails else ():
                self.shop.stripe.move_refund(refund_id, "failed")

    @rule(pick=PICK, status=some.sampled_from(["won", "lost"]))
    def a_dispute_all_the_way(self, pick: int, status: DisputeStatus) -> None:
        """Of each payment once: the same again and again shows nothing new."""
        stripe = self.shop.stripe
        payment_id = self.one_of(sorted(stripe.captured()), pick)
        if any(row.payment_id == payment_id for row in stripe.disputes.known.values()):
            return
        with self.told_of():
            stripe.dispute(payment_id, at_once=True)
        with self.told_of():
            for dispute_id in stripe.open_disputes()[-1:]:
                stripe.close(dispute_id, status)

    @contextmanager
    def told_of(self) -> Iterator[None]:
        known = len(self.shop.stripe.gateway.events)
        yield
        self.tell(known)

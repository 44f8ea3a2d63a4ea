"""Everything that can happen to an invoice, in any order, with a crash between any two steps.

What is drawn never depends on what is there (ids are random), only what it comes to.
"""

from hypothesis import strategies as some
from hypothesis.stateful import rule

from tests.machine.acting import AMOUNTS, PICK, STEPS, Acting
from tests.machine.customer import Beginning, Customers
from tests.machine.money_back import MoneyBack
from tests.machine.seller import Counter, Importing


class AtStripe(Acting):
    @rule(act=PICK, pick=PICK, amount=AMOUNTS, told=some.booleans())
    def at_stripe(self, act: int, pick: int, amount: int, told: bool) -> None:
        """`told`: of all that happened there so far, at once."""
        possible = self.shop.stripe.possible(pick, amount)
        if possible:
            self.one_of(possible, act)()
        for event in self.shop.stripe.gateway.events if told else ():
            self.shop.deliver(event)
        if told:
            self.shop.handle_all()

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


class MoneyMachine(Importing, Counter, Customers, AtStripe, MoneyBack):
    """All of it."""


# Parts of it, in which a fault of just that part is found sooner.


class CheckoutMachine(Customers):
    @rule(pick=PICK)
    def a_link_ends(self, pick: int) -> None:
        with self.dying(None):
            self.turn_off_a_link("", pick)


class CounterMachine(Counter, Beginning):
    pass


class MoneyBackMachine(MoneyBack, AtStripe, Beginning):
    pass

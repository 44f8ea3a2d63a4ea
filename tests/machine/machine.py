"""Everything that can happen to an invoice, in any order, with a crash between any two steps."""

from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import initialize, rule

from commands.take_payment.page import pay_page
from renderers.page_values import PayPage
from tests.machine.acting import AMOUNTS, PICK, STEPS, whole
from tests.machine.money_back import MoneyBack
from tests.machine.seller import Selling

PARTS = some.none() | AMOUNTS  # of what is due


class MoneyMachine(Selling, MoneyBack):
    """What is drawn never depends on what is there (ids are random), only what it comes to."""

    @initialize(payments=some.integers(min_value=0, max_value=2), part=PARTS)
    def begin(self, payments: int, part: int | None) -> None:
        """Two invoices that overlap in two links, and what was paid before the story begins."""
        self.enter()
        self.issue("", 12500)
        self.issue("", 4000)
        self.link(0, False)
        self.link(0, True)
        self.pressed = (self.tokens[0], {"method": "card"})
        for number in range(payments):
            self.press_and_pay(number, False, part, True)

    # -- what the customer does -----------------------------------------------------------------

    @rule(pick=PICK)
    def look(self, pick: int) -> None:
        before = self.shop.till.dump()
        page = pay_page(self.shop.desk, token=self.one_of(self.tokens, pick))
        assert self.shop.till.dump() == before
        if isinstance(page, PayPage):
            assert page.due.minor <= sum(max(row.balance.minor, 0) for row in page.invoices)

    @rule(pick=PICK, debit=some.booleans(), part=PARTS, dies=STEPS, impatient=some.booleans())
    def press(
        self, pick: int, debit: bool, part: int | None, dies: int | None, impatient: bool
    ) -> None:
        form: dict[str, Any] = {"method": "us_bank_account" if debit else "card"}
        form |= {"amount_text": whole(part)} if part else {}
        self.pressed = (self.one_of(self.tokens, pick), form)
        self.press_again(dies)
        if impatient:
            self.press_again(None)

    @rule(pick=PICK, debit=some.booleans(), part=PARTS, told=some.booleans())
    def press_and_pay(self, pick: int, debit: bool, part: int | None, told: bool) -> None:
        self.press(pick, debit, part, None, False)
        for session_id in self.shop.stripe.open_sessions()[-1:]:
            self.shop.stripe.pay(session_id, by_debit=debit)
            for event in self.shop.stripe.gateway.events[-2:] if told else ():
                self._deliver(event, handled=True)

    @rule(dies=STEPS)
    def press_again(self, dies: int | None) -> None:
        """Out of impatience, or because the page never came."""
        token, form = self.pressed
        begun, dead = len(self.shop.stripe.gateway.sessions), self._leads_nowhere(token)
        with self.dying(dies):
            self.shop.till.click(token, **form)
        assert not dead or len(self.shop.stripe.gateway.sessions) == begun, "through a dead link"

    # -- what Stripe does -----------------------------------------------------------------------

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
                self._deliver(event, handled=handled)

    @rule(minutes=some.sampled_from([1, 10, 60 * 25, 60 * 80]), dies=STEPS)
    def time_passes(self, minutes: int, dies: int | None) -> None:
        self.shop.clock.advance(minutes=minutes)
        with self.dying(dies):
            self.shop.handle()
            self.shop.look_after()

    # -- how ------------------------------------------------------------------------------------

    def _deliver(self, event: Any, *, handled: bool) -> None:
        self.shop.deliver(event)
        if handled:
            self.shop.handle()

    def _leads_nowhere(self, token: str) -> bool:
        """I12: turned off, or links are disabled for the customer."""
        books = self.books()
        link = books.links[self.shop.till.bearer(token).link_id]
        enabled = books.customers[link.customer_id].payment_links_enabled
        return link.state != "active" or not enabled

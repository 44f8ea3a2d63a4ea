"""Everything that can happen to an invoice, in any order, with a crash between any two steps."""

from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import initialize, precondition, rule

from commands.take_payment.page import pay_page
from renderers.page_values import PayPage
from tests.machine.acting import AMOUNTS, PICK, STEPS, whole
from tests.machine.money_back import MoneyBack
from tests.machine.seller import Selling


class MoneyMachine(Selling, MoneyBack):
    @initialize()
    def begin(self) -> None:
        self.enter()
        self.pressed: tuple[str, dict[str, Any]] | None = None
        self.issue("", 12500)
        self.link(0, False)

    # -- what the customer does -----------------------------------------------------------------

    @rule(pick=PICK)
    def look(self, pick: int) -> None:
        before = self.shop.till.dump()
        page = pay_page(self.shop.desk, token=self.one_of(self.tokens, pick))
        assert self.shop.till.dump() == before
        if isinstance(page, PayPage):
            assert page.due.minor <= sum(max(row.balance.minor, 0) for row in page.invoices)

    @rule(pick=PICK, debit=some.booleans(), part=some.none() | AMOUNTS, dies=STEPS)
    def press(self, pick: int, debit: bool, part: int | None, dies: int | None) -> None:
        form: dict[str, Any] = {"method": "us_bank_account" if debit else "card"}
        form |= {"amount_text": whole(part)} if part else {}
        self.pressed = (self.one_of(self.tokens, pick), form)
        self.press_again(dies)

    @rule(pick=PICK, debit=some.booleans(), part=some.none() | AMOUNTS, told=some.booleans())
    def press_and_pay(self, pick: int, debit: bool, part: int | None, told: bool) -> None:
        self.press(pick, debit, part, None)
        for session_id in self.shop.stripe.open_sessions()[-1:]:
            self.shop.stripe.pay(session_id, by_debit=debit)
            for event in self.shop.stripe.gateway.events[-2:] if told else ():
                self.deliver_one(event, handled=True)

    @precondition(lambda self: self.pressed is not None)
    @rule(dies=STEPS)
    def press_again(self, dies: int | None) -> None:
        """Out of impatience, or because the page never came."""
        assert self.pressed is not None
        token, form = self.pressed
        begun, dead = len(self.shop.stripe.gateway.sessions), self._leads_nowhere(token)
        with self.dying(dies):
            self.shop.till.click(token, **form)
        assert not dead or len(self.shop.stripe.gateway.sessions) == begun, "through a dead link"

    # -- what Stripe does -----------------------------------------------------------------------

    @precondition(lambda self: self.shop.stripe.open_sessions())
    @rule(pick=PICK, by_debit=some.booleans())
    def pay(self, pick: int, by_debit: bool) -> None:
        session_id = self.one_of(self.shop.stripe.open_sessions(), pick)
        self.shop.stripe.pay(session_id, by_debit=by_debit)

    @precondition(lambda self: self.shop.stripe.debits_under_way())
    @rule(pick=PICK, settled=some.booleans())
    def end_debit(self, pick: int, settled: bool) -> None:
        session_id = self.one_of(self.shop.stripe.debits_under_way(), pick)
        self.shop.stripe.end_debit(session_id, settled=settled)

    @precondition(lambda self: self.shop.stripe.open_sessions())
    @rule(pick=PICK)
    def expire(self, pick: int) -> None:
        self.shop.stripe.expire(self.one_of(self.shop.stripe.open_sessions(), pick))

    @precondition(lambda self: self.shop.stripe.gateway.events)
    @rule(pick=PICK, handled=some.booleans(), dies=STEPS)
    def deliver(self, pick: int, handled: bool, dies: int | None) -> None:
        """Any event that was ever made, however often."""
        with self.dying(dies):
            event = self.one_of(self.shop.stripe.gateway.events, pick)
            self.deliver_one(event, handled=handled)

    @rule(minutes=some.sampled_from([1, 10, 60 * 25, 60 * 80]), dies=STEPS)
    def time_passes(self, minutes: int, dies: int | None) -> None:
        self.shop.clock.advance(minutes=minutes)
        with self.dying(dies):
            self.shop.handle()
            self.shop.look_after()

    # -- how ------------------------------------------------------------------------------------

    def deliver_one(self, event: Any, *, handled: bool) -> None:
        self.shop.deliver(event)
        if handled:
            self.shop.handle()

    def _leads_nowhere(self, token: str) -> bool:
        """I12: turned off, or links are disabled for the customer."""
        books = self.books()
        link = books.links[self.shop.till.bearer(token).link_id]
        enabled = books.customers[link.customer_id].payment_links_enabled
        return link.state != "active" or not enabled

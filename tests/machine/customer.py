"""What the customer does: looks, presses, pays, presses again."""

from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import initialize, rule

from commands.take_payment.page import pay_page
from renderers.page_values import PayPage
from tests.machine.acting import AMOUNTS, PICK, STEPS, whole
from tests.machine.seller import Selling

CREDIT = 2500  # cents, of a customer who once paid too much
MANY = 100  # as many picks as there are
LITTLE = some.integers(min_value=51, max_value=CREDIT)  # cents
PARTS = some.none() | AMOUNTS  # of what is due


class Beginning(Selling):
    @initialize(payments=some.integers(min_value=0, max_value=2), part=PARTS)
    def begin(self, payments: int, part: int | None) -> None:
        """Two invoices that overlap in two links, some credit, and what was paid before the story
        begins.
        """
        self.enter()
        self.import_credit(CREDIT)
        self.issue("", 12500)
        self.issue("", 4000)
        self.link(0, False)
        self.link(0, True)
        self.pressed: tuple[str, dict[str, Any]] = (self.tokens[0], {"method": "card"})
        for number in range(payments):
            self.pay_through_link(number, False, part, True)

    def press_button(self, pick: int, debit: bool, part: int | None, dies: int | None) -> None:
        form: dict[str, Any] = {"method": "us_bank_account" if debit else "card"}
        form |= {"amount_text": whole(part)} if part else {}
        form |= {"use_credit": pick >= MANY // 2}  # drawn with it: every second press
        self.pressed = (self.one_of(self.tokens, pick), form)
        self.press_same(dies)

    def press_same(self, dies: int | None) -> None:
        token, form = self.pressed
        begun, dead = len(self.shop.stripe.gateway.sessions), self._leads_nowhere(token)
        with self.dying(dies):
            self.shop.till.click(token, **form)
        assert not dead or len(self.shop.stripe.gateway.sessions) == begun, "through a dead link"

    def pay_through_link(self, pick: int, debit: bool, part: int | None, told: bool) -> None:
        self.press_button(pick, debit, part, None)
        for session_id in self.shop.stripe.open_sessions()[-1:]:
            self.shop.stripe.pay(session_id, by_debit=debit)
            for event in self.shop.stripe.gateway.events[-2:] if told else ():
                self.shop.deliver(event)
                self.shop.handle()

    def _leads_nowhere(self, token: str) -> bool:
        """I12: turned off, or links are disabled for the customer."""
        books = self.books()
        link = books.links[self.shop.till.bearer(token).link_id]
        enabled = books.customers[link.customer_id].payment_links_enabled
        return link.state != "active" or not enabled


class Customers(Beginning):
    @rule(pick=PICK, several=some.booleans())
    def a_link(self, pick: int, several: bool) -> None:
        self.link(pick, several)

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
        self.press_button(pick, debit, part, dies)
        if impatient:
            self.press_same(None)

    @rule(pick=PICK, debit=some.booleans(), part=PARTS, told=some.booleans())
    def press_and_pay(self, pick: int, debit: bool, part: int | None, told: bool) -> None:
        self.pay_through_link(pick, debit, part, told)

    @rule(pick=PICK, part=LITTLE, dies=STEPS)
    def press_for_little(self, pick: int, part: int, dies: int | None) -> None:
        """With credit, which may be enough by itself."""
        self.press_button(MANY // 2 + pick // 2, False, part, dies)

    @rule(dies=STEPS)
    def press_again(self, dies: int | None) -> None:
        """Out of impatience, or because the page never came."""
        self.press_same(dies)

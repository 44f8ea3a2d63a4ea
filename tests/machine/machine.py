"""Everything that can happen to an invoice, in any order, with a crash between any two steps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commands.errors import PayError
from commands.payment_link import service as payment_link
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.take_payment.page import pay_page
from renderers.page_values import PayPage
from tests.builders import SALLY
from tests.machine.crashing import Killed
from tests.machine.invariants import Books, Watch
from tests.machine.shop import Shop

AMOUNTS = some.integers(min_value=51, max_value=30000)  # cents
PICK = some.integers(min_value=0, max_value=99)  # one of however many there are
STEPS = some.none() | some.integers(min_value=1, max_value=6)  # until the process dies
MOST_INVOICES = 5
ACTS = (
    "issue",
    "correct",
    "void",
    "write_off",
    "record_a_payment_made_elsewhere",
    "credit",
    "disable_links",
    "enable_links",
    "turn_off_a_link",
    "send",
)


class MoneyMachine(RuleBasedStateMachine):
    """`open_shop` gives a new shop for every example."""

    open_shop: ClassVar[Callable[[], Shop]]

    @initialize()
    def begin(self) -> None:
        self.shop = type(self).open_shop()
        self.watch, self.tokens = Watch(), list[str]()
        self.versions, self.made = dict[str, int](), 0
        self.pressed: tuple[str, dict[str, Any]] | None = None
        self.issue("", 12500)
        self.link(0, False)

    # -- what the seller does -------------------------------------------------------------------

    # One rule for all of it, for rules are drawn evenly and the customer's should come up more.
    @rule(act=some.sampled_from(ACTS), pick=PICK, amount=AMOUNTS, dies=STEPS)
    def the_seller_acts(self, act: str, pick: int, amount: int, dies: int | None) -> None:
        number = self._one_of(list(self.versions), pick)
        with self.dying(dies):
            getattr(self, act)(number, amount)

    def issue(self, _: str, total: int) -> None:
        number = f"INV-{len(self.versions) + 1}"
        if len(self.versions) < MOST_INVOICES:
            self.versions[number] = 1
            self._import_invoice(number, total)

    def correct(self, number: str, total: int) -> None:
        self.versions[number] += 1
        self._import_invoice(number, total)

    def void(self, number: str, _: int) -> None:
        self._end(number, "void")

    def write_off(self, number: str, _: int) -> None:
        self._end(number, "written_off")

    def record_a_payment_made_elsewhere(self, number: str, amount: int) -> None:
        day = self.shop.clock.now().date()
        cells = (self._next("CHK"), "C1", day, _whole(amount), "USD", "check", None, number)
        self.shop.bring("payments", *cells)

    def credit(self, number: str, amount: int) -> None:
        day = self.shop.clock.now().date()
        cells = (self._next("CM"), "C1", day, "USD", 1, _whole(-amount), "issued", number)
        self.shop.bring("invoices", *cells)

    def disable_links(self, _: str, __: int) -> None:
        self.shop.bring("customers", "C1", "Blue Iris", "ap@iris.test", "false")

    def enable_links(self, _: str, __: int) -> None:
        self.shop.bring("customers", "C1", "Blue Iris", "ap@iris.test", "true")

    def turn_off_a_link(self, _: str, amount: int) -> None:
        bearer = self.shop.till.bearer(self._one_of(self.tokens, amount))
        payment_link.turn_off(SALLY, self.shop.desk, link_id=bearer.link_id)

    def send(self, number: str, _: int) -> None:
        order = SendInvoice(self._next("draft"), number, ("ap@iris.test",), with_link=True)
        send_invoice(SALLY, self.shop.desk, order=order)

    @rule(pick=PICK, several=some.booleans())
    def link(self, pick: int, several: bool) -> None:
        there = list(Books.read(self.shop.database).invoices)
        issued = [number for number in there if number in self.versions]
        numbers = issued if several else [self._one_of(issued, pick)]
        kind = "bulk" if several else "invoice"
        subject = f"B{len(self.tokens)}" if several else numbers[0]
        self.tokens.append(self.shop.till.link(*numbers, kind=kind, subject=subject))  # type: ignore[arg-type]  # one of two literals

    # -- what the customer does -----------------------------------------------------------------

    @rule(pick=PICK)
    def look(self, pick: int) -> None:
        before = self.shop.till.dump()
        page = pay_page(self.shop.desk, token=self._one_of(self.tokens, pick))
        assert self.shop.till.dump() == before
        if isinstance(page, PayPage):
            assert page.due.minor <= sum(max(row.balance.minor, 0) for row in page.invoices)

    @rule(pick=PICK, debit=some.booleans(), part=some.none() | AMOUNTS, dies=STEPS)
    def press(self, pick: int, debit: bool, part: int | None, dies: int | None) -> None:
        form: dict[str, Any] = {"method": "us_bank_account" if debit else "card"}
        form |= {"amount_text": _whole(part)} if part else {}
        self.pressed = (self._one_of(self.tokens, pick), form)
        self.press_again(dies)

    @rule(pick=PICK, debit=some.booleans(), part=some.none() | AMOUNTS)
    def press_and_pay(self, pick: int, debit: bool, part: int | None) -> None:
        self.press(pick, debit, part, None)
        for session_id in self.shop.open_sessions()[-1:]:
            self.shop.pay(session_id, by_debit=debit)

    @precondition(lambda self: self.pressed is not None)
    @rule(dies=STEPS)
    def press_again(self, dies: int | None) -> None:
        """Out of impatience, or because the page never came."""
        assert self.pressed is not None
        token, form = self.pressed
        with self.dying(dies):
            self.shop.till.click(token, **form)

    # -- what Stripe does -----------------------------------------------------------------------

    @precondition(lambda self: self.shop.open_sessions())
    @rule(pick=PICK, by_debit=some.booleans())
    def pay(self, pick: int, by_debit: bool) -> None:
        self.shop.pay(self._one_of(self.shop.open_sessions(), pick), by_debit=by_debit)

    @precondition(lambda self: self.shop.debits_under_way())
    @rule(pick=PICK, settled=some.booleans())
    def end_debit(self, pick: int, settled: bool) -> None:
        self.shop.end_debit(self._one_of(self.shop.debits_under_way(), pick), settled=settled)

    @precondition(lambda self: self.shop.open_sessions())
    @rule(pick=PICK)
    def expire(self, pick: int) -> None:
        self.shop.expire(self._one_of(self.shop.open_sessions(), pick))

    @precondition(lambda self: self.shop.gateway.events)
    @rule(pick=PICK, handled=some.booleans(), dies=STEPS)
    def deliver(self, pick: int, handled: bool, dies: int | None) -> None:
        """Any event that was ever made, however often."""
        with self.dying(dies):
            self.shop.deliver(self._one_of(self.shop.gateway.events, pick))
            if handled:
                self.shop.handle()

    @rule(minutes=some.sampled_from([1, 10, 60 * 25]), dies=STEPS)
    def time_passes(self, minutes: int, dies: int | None) -> None:
        self.shop.clock.advance(minutes=minutes)
        with self.dying(dies):
            self.shop.handle()
            self.shop.look_after()

    # -- what must hold -------------------------------------------------------------------------

    @invariant()
    def the_books_are_right(self) -> None:
        self.watch.look(self.shop.database)

    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            return
        self.shop.come_to_rest()
        books = self.watch.look(self.shop.database)
        _the_same_money_on_both_sides(self.shop, books)

    # -- how ------------------------------------------------------------------------------------

    @contextmanager
    def dying(self, steps: int | None) -> Iterator[None]:
        """A refusal is an answer; a death ends the act where it stands."""
        self.shop.fuse.left = steps
        with suppress(PayError, Killed):
            yield
        self.shop.fuse.left = None

    def _next(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made}"

    def _end(self, number: str, status: str) -> None:
        known = Books.read(self.shop.database).invoices.get(number)
        if known is not None:
            self._import_invoice(number, known.total, status)

    def _import_invoice(self, number: str, total: int, status: str = "issued") -> None:
        day, version = self.shop.clock.now().date(), self.versions[number]
        known = Books.read(self.shop.database).invoices.get(number)
        issued = known.issue_date if known else day
        cells = (number, "C1", issued, "USD", version, _whole(total), status, None)
        self.shop.bring("invoices", *cells)

    def _one_of(self, things: list[Any], pick: int) -> Any:
        return things[pick % len(things)]


def _the_same_money_on_both_sides(shop: Shop, books: Books) -> None:
    """I5: every captured cent has its row, and no other row says that it is Stripe's money."""
    ours = {row.id: row for row in books.payments.values() if row.source == "gateway"}
    money = {row.id: row.amount for row in ours.values() if row.status == "succeeded"}
    assert money == {told.id: told.amount.minor for told in shop.captured().values()}
    for session_id in shop.open_sessions():
        attempts = [row for row in books.attempts.values() if row.session_id == session_id]
        assert any(row.status == "open" for row in attempts), f"{session_id} can still be paid"


def _whole(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"

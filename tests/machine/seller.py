"""What the seller does: the ERP's imports, and staff in Slack."""

from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import rule

from commands.apply_credit import service as apply_credit
from commands.apply_credit.effect import CreditForm
from commands.payment_link import service as payment_link
from commands.record_payment import reverse
from commands.record_payment import service as record_payment
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.void_invoice import service as void_invoice
from commands.void_invoice.effect import Ending
from commands.void_invoice.service import EndInvoice
from tests.builders import CARL, SALLY
from tests.machine.acting import AMOUNTS, PICK, STEPS, Acting, whole
from tests.taking import a_form

MOST_INVOICES = 5
ACTS = (
    "issue",
    "correct",
    "void_by_import",
    "write_off_by_import",
    "import_a_payment_made_elsewhere",
    "import_a_payment_of_stripe",
    "import_a_reversal",
    "credit",
    "disable_links",
    "enable_links",
)
STAFF_ACTS = (
    "turn_off_a_link",
    "send",
    "record",
    "record_again",
    "reverse",
    "apply_credit",
    "take_off_credit",
    "void",
    "write_off",
)


class Selling(Acting):
    def link(self, pick: int, several: bool) -> None:
        issued = [number for number in self.books().invoices if number in self.versions]
        numbers = issued if several else [self.one_of(issued, pick)]
        kind = "bulk" if several else "invoice"
        subject = f"B{len(self.tokens)}" if several else numbers[0]
        self.tokens.append(self.shop.till.link(*numbers, kind=kind, subject=subject))  # type: ignore[arg-type]  # one of two literals

    # -- by import ------------------------------------------------------------------------------

    def issue(self, _: str, total: int) -> None:
        number = f"INV-{len(self.versions) + 1}"
        if len(self.versions) < MOST_INVOICES:
            self.versions[number] = 1
            self._import_invoice(number, total)

    def correct(self, number: str, total: int) -> None:
        self.versions[number] += 1
        self._import_invoice(number, total)

    def void_by_import(self, number: str, _: int) -> None:
        self._end(number, "void")

    def write_off_by_import(self, number: str, _: int) -> None:
        self._end(number, "written_off")

    def import_a_payment_made_elsewhere(self, number: str, amount: int) -> None:
        self._import_payment(self.next_id("CHK"), amount, "check", number)

    def import_a_payment_of_stripe(self, number: str, amount: int) -> None:
        """The ERP tells of what it was told itself, now and then with another amount."""
        known = self.shop.stripe.captured()
        if known:
            payment_id = self.one_of(sorted(known), amount)
            minor = amount if amount % 3 == 0 else known[payment_id].amount.minor
            self._import_payment(payment_id, minor, "card", number)

    def import_a_reversal(self, number: str, amount: int) -> None:
        known = sorted(self.latest.payments)
        if known:
            self._import_payment(self.one_of(known, amount), -amount, "check", number)

    def credit(self, number: str, amount: int) -> None:
        day = self.shop.clock.now().date()
        cells = (self.next_id("CM"), "C1", day, "USD", 1, whole(-amount), "issued", number)
        self.shop.bring("invoices", *cells)

    def import_credit(self, amount: int) -> None:
        self._import_payment(self.next_id("CHK"), amount, "check", None)

    def disable_links(self, _: str, __: int) -> None:
        self.shop.bring("customers", "C1", "Blue Iris", "ap@iris.test", "false")

    def enable_links(self, _: str, __: int) -> None:
        self.shop.bring("customers", "C1", "Blue Iris", "ap@iris.test", "true")

    # -- in Slack -------------------------------------------------------------------------------

    def turn_off_a_link(self, _: str, amount: int) -> None:
        bearer = self.shop.till.bearer(self.one_of(self.tokens, amount))
        payment_link.turn_off(SALLY, self.shop.desk, link_id=bearer.link_id)

    def send(self, number: str, _: int) -> None:
        order = SendInvoice(self.next_id("draft"), number, ("ap@iris.test",), with_link=True)
        send_invoice(SALLY, self.shop.desk, order=order)

    def record(self, number: str, amount: int) -> None:
        form_id = self.next_id("rec")
        self.recorded[form_id] = amount
        chosen = (number,) if amount % 2 else None
        own: dict[str, Any] = {"cheque_number": form_id, "chosen": chosen}
        form = a_form(id=form_id, amount=whole(amount), **own)
        record_payment.review(CARL, self.shop.desk, form=form)
        record_payment.record(CARL, self.shop.desk, form_id=form_id)

    def record_again(self, _: str, amount: int) -> None:
        """Out of impatience, or because the process died over it."""
        if self.recorded:
            form_id = self.one_of(sorted(self.recorded), amount)
            record_payment.record(CARL, self.shop.desk, form_id=form_id)

    def reverse(self, _: str, amount: int) -> None:
        there = self.latest.recorded()
        if there:
            payment_id = self.one_of(there, amount)
            reverse.reverse(CARL, self.shop.desk, payment_id=payment_id, reason="It bounced")

    def apply_credit(self, number: str, amount: int) -> None:
        form = CreditForm(
            id=self.next_id("credit"),
            customer_id="C1",
            currency="USD",
            sources=self.shop.credits(),
            chosen=(number,) if amount % 2 else None,
        )
        apply_credit.review(CARL, self.shop.desk, form=form)
        apply_credit.apply(CARL, self.shop.desk, form_id=form.id)

    def take_off_credit(self, _: str, amount: int) -> None:
        there = apply_credit.applied(CARL, self.shop.desk, customer_id="C1")
        if there:
            one = self.one_of(there, amount)
            chosen = [(str(one.kind), one.source, one.invoice_number)]
            apply_credit.take_off(CARL, self.shop.desk, customer_id="C1", chosen=chosen)

    def void(self, number: str, amount: int) -> None:
        self._end_in_slack(number, "void", amount)

    def write_off(self, number: str, amount: int) -> None:
        self._end_in_slack(number, "written_off", amount)

    # -- how ------------------------------------------------------------------------------------

    def _end_in_slack(self, number: str, ending: Ending, amount: int) -> None:
        """Now and then somebody pays between the look and the word."""
        seen = void_invoice.look(CARL, self.shop.desk, number=number).seen
        if amount % 4 == 0:
            self._import_payment(self.next_id("CHK"), amount, "check", number)
        order = EndInvoice(number, ending, "Sent twice", seen)
        void_invoice.end_invoice(CARL, self.shop.desk, order=order)

    def _end(self, number: str, status: str) -> None:
        known = self.books().invoices.get(number)
        if known is not None:
            self._import_invoice(number, known.total, status)

    def _import_invoice(self, number: str, total: int, status: str = "issued") -> None:
        day, version = self.shop.clock.now().date(), self.versions[number]
        known = self.books().invoices.get(number)
        issued = known.issue_date if known else day
        cells = (number, "C1", issued, "USD", version, whole(total), status, None)
        self.shop.bring("invoices", *cells)

    def _import_payment(self, payment_id: str, minor: int, method: str, number: str | None) -> None:
        day = self.shop.clock.now().date()
        cells = (payment_id, "C1", day, whole(minor), "USD", method, None, number)
        self.shop.bring("payments", *cells)


# One rule for all of it, for rules are drawn evenly and the customer's should come up more.
class Importing(Selling):
    @rule(act=some.sampled_from(ACTS), pick=PICK, amount=AMOUNTS, dies=STEPS)
    def the_seller_acts(self, act: str, pick: int, amount: int, dies: int | None) -> None:
        number = self.one_of(list(self.versions), pick)
        with self.dying(dies):
            getattr(self, act)(number, amount)


class Counter(Selling):
    @rule(act=some.sampled_from(STAFF_ACTS), pick=PICK, amount=AMOUNTS, dies=STEPS)
    def staff_act(self, act: str, pick: int, amount: int, dies: int | None) -> None:
        number = self.one_of(list(self.versions), pick)
        with self.dying(dies):
            getattr(self, act)(number, amount)

"""A customer's account kept twice: in the ledger, and by hand as a list of days and amounts.

The second one knows nothing of the product: what a statement must say is added up from it.
"""

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta

from commands.import_files import releases
from commands.send_statement import service
from commands.send_statement.order import SendStatement
from storage import invoices, payments, reversals, statements
from storage.customers import Customer
from storage.invoices import Invoice
from storage.payments import Payment
from storage.reversals import PaymentReversal
from storage.statements import Statement, StatementItem, StatementType
from tests.builders import SALLY, add_customer, add_invoice
from tests.conftest import Room

_ACCOUNTS = itertools.count(1)


@dataclass
class Books:
    """`events`: what happened, by name: the day on which it counts, and the amount."""

    room: Room
    customer_id: str
    events: dict[str, tuple[date, int]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    sent: list[Statement] = field(default_factory=list)

    @classmethod
    def opened(cls, room: Room) -> "Books":
        customer_id = f"K{next(_ACCOUNTS)}"
        with room.desk.database.writing() as session:
            add_customer(session, customer_id)
        return cls(room, customer_id)

    @property
    def today(self) -> date:
        return self.room.clock.now().date()

    # -- what happens ---------------------------------------------------------------------------

    def issue(self, total: int, days_ago: int = 0) -> str:
        """An invoice, or below zero a credit memo."""
        number = f"{self.customer_id}-{len(self.numbers) + 1}"
        day = self.today - timedelta(days=days_ago)
        facts = {"customer_id": self.customer_id, "issue_date": day, "order_number": ""}
        due = day + timedelta(days=30)
        now = self.room.clock.now()
        with self.room.desk.database.writing() as session:
            add_invoice(session, number, total=total, due_date=due, recorded_at=now, **facts)
        self.numbers.append(number)
        self.events[number] = (day, total)
        return number

    def pay(self, amount: int, days_ago: int = 0, on: int | None = None) -> None:
        """Money on the invoice of that place as far as it is open; what is left is credit."""
        payment_id = f"{self.customer_id}-pay-{len(self.paid) + 1}"
        day = self.today - timedelta(days=days_ago)
        with self.room.desk.database.writing() as session:
            payment = Payment(
                id=payment_id,
                customer_id=self.customer_id,
                currency="USD",
                amount=amount,
                status="succeeded",
                source="import",
                method="check",
                received_on=day,
                recorded_at=self.room.clock.now(),
            )
            session.add(payment)
            session.flush()
            invoice = self._open_invoice(session.get(Invoice, self._number(on)))
            if invoice is not None:
                share = min(amount, invoice.balance.minor)
                payments.allocate(session, payment, invoice, share)
        self.paid.append(payment_id)
        self.events[payment_id] = (day, -amount)

    def reverse(self, at: int) -> None:
        if not self.paid:
            return
        payment_id = self.paid[at % len(self.paid)]
        if f"back {payment_id}" in self.events or self._lies_on_what_was_written_off(payment_id):
            return
        with self.room.desk.database.writing() as session:
            payment = session.get_one(Payment, payment_id)
            row = PaymentReversal(
                id=f"back-{payment_id}",
                part=1,
                payment_id=payment_id,
                amount=payment.amount,
                reversed_on=self.today,
            )
            reversals.reverse(session, payment, row, None)
            self.events[f"back {payment_id}"] = (self.today, payment.amount)

    def end(self, at: int, *, write_off: bool) -> None:
        """Void a document, or write off what is left of an invoice."""
        number = self._number(at)
        with self.room.desk.database.writing() as session:
            row = session.get(Invoice, number)
            if row is None or row.lifecycle != "issued":
                return
            if write_off and row.balance.minor <= 0:
                return
            given_up = row.balance.minor if write_off else row.total
            releases.end(session, row, "written_off" if write_off else "void", self.today)
            day = max(self.today, row.issue_date)
        self.events[f"end {number}"] = (day, -given_up)

    def renew(self, at: int, total: int) -> None:
        """A new version of an invoice, with another total."""
        number = self._number(at)
        with self.room.desk.database.writing() as session:
            row = session.get(Invoice, number)
            if row is None or row.lifecycle != "issued" or row.is_credit_memo:
                return
            releases.release_above(session, row, total)
            row.net = row.total = total
            row.version += 1
            session.add(row)
            self.events[number] = (row.issue_date, total)

    def use_credit(self, memo: int, on: int) -> None:
        """Moves nothing that anybody owes."""
        with self.room.desk.database.writing() as session:
            credit = session.get(Invoice, self._number(memo))
            invoice = self._open_invoice(session.get(Invoice, self._number(on)))
            usable = credit is not None and credit.is_credit_memo and credit.balance.minor < 0
            if usable and credit is not None and invoice is not None:
                amount = min(-credit.balance.minor, invoice.balance.minor)
                payments.apply_credit(session, credit, invoice, amount)

    def wait(self, days: int) -> None:
        self.room.clock.advance(days=days)

    # -- statements -----------------------------------------------------------------------------

    def order(
        self, days_ago: int = 0, type_: StatementType = "open_items_all", **own: object
    ) -> SendStatement:
        facts: dict[str, object] = {
            "draft_id": f"{self.customer_id}-{len(self.sent)}-{self.today}",
            "customer_id": self.customer_id,
            "currency": "USD",
            "type": type_,
            "period_end": self.today - timedelta(days=days_ago),
            "recipients": ("ap@iris.test",),
            "with_link": False,
        }
        return SendStatement(**(facts | own))  # type: ignore[arg-type]  # overrides of any kind

    def send(self, days_ago: int = 0, type_: StatementType = "open_items_all") -> Statement:
        sent = service.send(SALLY, self.room.desk, order=self.order(days_ago, type_))
        with self.room.desk.database.reading() as session:
            statement = statements.find(session, sent.statement_id)
        assert statement is not None
        self.sent.append(statement)
        return statement

    def items(self, statement: Statement) -> list[StatementItem]:
        with self.room.desk.database.reading() as session:
            return statements.items(session, statement.id)

    def owed(self, end: date) -> int:
        """By hand."""
        return sum(amount for day, amount in self.events.values() if day <= end)

    # -- looking --------------------------------------------------------------------------------

    def _number(self, at: int | None) -> str:
        return self.numbers[at % len(self.numbers)] if at is not None and self.numbers else ""

    def _open_invoice(self, row: Invoice | None) -> Invoice | None:
        return row if row is not None and row.balance.minor > 0 else None

    def _lies_on_what_was_written_off(self, payment_id: str) -> bool:
        with self.room.desk.database.reading() as session:
            parts = payments.allocations(session, payment_id)
            rows = [invoices.find(session, part.invoice_number) for part in parts]
        return any(row is not None and row.lifecycle == "written_off" for row in rows)


def link_switch(room: Room, customer_id: str, *, on: bool) -> None:
    with room.desk.database.writing() as session:
        session.get_one(Customer, customer_id).payment_links_enabled = on

"""A till for tests: a link, its holder's clicks, the gateway's words, and the ledger after them."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Select, Table
from sqlmodel import Session, col, select

from commands.access import SETTLER, CustomerActor
from commands.desk import Desk
from commands.payment_link import service as payment_link
from commands.ports import CheckoutSession, GatewayPayment
from commands.take_payment import checkout, settle
from commands.take_payment.order import CheckoutOrder
from storage import invoices, payments
from storage.audit import AuditEntry
from storage.checkouts import CheckoutAttempt
from storage.deliveries import Delivery, DeliveryRecipient
from storage.invoices import Invoice
from storage.payment_links import LinkKind
from storage.payments import Payment
from storage.tables import METADATA
from tests.builders import SALLY, add_customer, add_invoice
from tests.conftest import Room
from tests.fakes import MemoryGateway


@dataclass
class Till:
    desk: Desk
    gateway: MemoryGateway

    def link(self, *numbers: str, kind: LinkKind = "invoice", subject: str = "") -> str:
        """Issue a link for the invoices; its token."""
        with self.desk.database.writing() as session:
            invoice = invoices.find(session, numbers[0])
            assert invoice is not None
            made = payment_link.issue(
                session,
                SALLY,
                self.desk,
                kind=kind,
                subject=subject or numbers[0],
                customer_id=invoice.customer_id,
                currency=invoice.currency,
                invoice_numbers=list(numbers),
            )
        return payment_link.url(self.desk, made).rpartition("/")[2]

    def click(self, token: str, **form: Any) -> str:
        """Press the pay button; where it leads."""
        order = CheckoutOrder(token=token, **({"method": "card"} | form))
        return checkout.start_checkout(self.bearer(token), self.desk, request=order)

    def bearer(self, token: str) -> CustomerActor:
        return payment_link.bearer(self.desk, token)

    def settle(self, told: CheckoutSession) -> settle.Outcome:
        return settle.settle_session(SETTLER, self.desk, session=told)

    def tell_alone(self, payment: GatewayPayment) -> None:
        """The gateway's word about a payment without a session of ours."""
        settle.settle_unexplained(SETTLER, self.desk, payment=replace(payment, attempt_id=""))

    def pay(self, number: int = 1, **own: Any) -> CheckoutSession:
        """Complete the gateway's session of that number and tell the ledger."""
        done = self.gateway.complete(f"cs_test_{number}", **own)
        self.settle(done)
        return done

    def invoice(self, number: str = "INV-1042") -> Invoice:
        with self.desk.database.reading() as session:
            row = invoices.find(session, number)
            assert row is not None
            return row

    def balance(self, number: str = "INV-1042") -> int:
        return self.invoice(number).balance.minor

    def payment(self, payment_id: str = "pi_1") -> Payment:
        with self.desk.database.reading() as session:
            row = payments.find(session, payment_id)
            assert row is not None
            return row

    def payments(self) -> list[Payment]:
        with self.desk.database.reading() as session:
            return list(session.exec(select(Payment).order_by(Payment.id)))

    def attempts(self) -> list[CheckoutAttempt]:
        """Oldest first."""
        with self.desk.database.reading() as session:
            own = select(AuditEntry).where(AuditEntry.action == "start_checkout")
            begun = session.exec(own.order_by(col(AuditEntry.id))).all()
            ids = [entry.detail["attempt"] for entry in begun if entry.outcome == "ok"]
            return [session.get_one(CheckoutAttempt, attempt_id) for attempt_id in ids]

    def statuses(self) -> list[str]:
        return [attempt.status for attempt in self.attempts()]

    def deliveries(self, purpose: str) -> list[Delivery]:
        with self.desk.database.reading() as session:
            own = select(Delivery).where(Delivery.purpose == purpose)
            return list(session.exec(own.order_by(col(Delivery.id))))

    def notices(self) -> list[str]:
        return [row.payload["text"] for row in self.deliveries("notice")]

    def receipt_addresses(self) -> list[str]:
        with self.desk.database.reading() as session:
            own = select(DeliveryRecipient).order_by(col(DeliveryRecipient.position))
            receipt = self.deliveries("receipt")[0]
            return [row.address for row in session.exec(own) if row.delivery_id == receipt.id]

    def allocations(self) -> list[Any]:
        """Payment, invoice number and amount, in key order."""
        with self.desk.database.reading() as session:
            return _rows(session, METADATA.tables["payment_allocations"])

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table, in key order."""
        return self._rows_of(*METADATA.sorted_tables)

    def ledger(self) -> dict[str, list[Any]]:
        """What must not depend on the order of events: no times, no deliveries."""
        names = ("invoices", "payments", "payment_allocations")
        return self._rows_of(*map(METADATA.tables.__getitem__, names))

    def _rows_of(self, *tables: Table) -> dict[str, list[Any]]:
        with self.desk.database.reading() as session:
            return {table.name: _rows(session, table) for table in tables}


def _rows(session: Session, table: Table) -> list[Any]:
    return [tuple(row) for row in session.connection().execute(_every(table))]


@cache  # to make it takes longer than to ask it of a small table
def _every(table: Table) -> Select[Any]:
    return table.select().order_by(*table.primary_key.columns)


@pytest.fixture
def till(room: Room) -> Till:
    """Blue Iris owes USD 125.00 for INV-1042 and USD 40.00 for INV-1043, due a day later."""
    with room.desk.database.writing() as session:
        customer = add_customer(session)
        first = add_invoice(session)
        later = first.due_date.replace(day=15)
        add_invoice(session, "INV-1043", total=4000, customer_id=customer.id, due_date=later)
    return Till(room.desk, room.gateway)

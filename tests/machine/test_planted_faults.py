"""Faults planted in the books themselves, to show that the machine would find them."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.machine.acting import Acting
from tests.machine.conftest import NewShop, hunt
from tests.machine.machine import CheckoutMachine, CounterMachine, MoneyBackMachine
from tests.machine.shop import Shop
from tests.machine.stripe_side import StripeSide

pytestmark = pytest.mark.databases("sqlite")  # its own words for a trigger
TRIGGERS: dict[str, tuple[type[Acting], str]] = {
    "a cent is lost on the way to the invoice": (
        CheckoutMachine,
        (
            "AFTER INSERT ON payment_allocations BEGIN UPDATE invoices"
            " SET allocated = allocated - 1 WHERE number = NEW.invoice_number; END"
        ),
    ),
    "a checkout that had to make way stays open": (
        CheckoutMachine,
        (
            "AFTER UPDATE ON checkout_attempts WHEN NEW.status = 'superseded' BEGIN"
            " UPDATE checkout_attempts SET status = 'open' WHERE id = NEW.id; END"
        ),
    ),
    "a link that was turned off comes back": (
        CheckoutMachine,
        (
            "AFTER INSERT ON audit WHEN NEW.action = 'start_checkout' BEGIN"
            " UPDATE payment_links SET state = 'active'; END"
        ),
    ),
    "a refund counts a cent too little": (
        MoneyBackMachine,
        (
            "AFTER INSERT ON refund_lines BEGIN UPDATE payments SET refunded = refunded - 1 WHERE"
            " id = (SELECT payment_id FROM refunds WHERE id = NEW.refund_id); END"
        ),
    ),
    "a refund that failed keeps what it took off": (
        MoneyBackMachine,
        (
            "AFTER DELETE ON refund_lines BEGIN INSERT INTO refund_lines"
            " VALUES (OLD.refund_id, OLD.invoice_number, OLD.amount); END"
        ),
    ),
    "nobody else is asked about a refund": (
        MoneyBackMachine,
        (
            "AFTER INSERT ON refund_orders BEGIN UPDATE refund_orders"
            " SET approved_by = requested_by WHERE id = NEW.id; END"
        ),
    ),
    "a dispute that was won keeps the money": (
        MoneyBackMachine,
        (
            "AFTER UPDATE ON disputes WHEN NEW.status = 'won' BEGIN"
            " UPDATE disputes SET withdrawn = amount WHERE id = NEW.id; END"
        ),
    ),
    "credit beside a customer's money is a cent too little": (
        CheckoutMachine,
        (
            "AFTER INSERT ON credit_use_lines WHEN (SELECT attempt_id FROM credit_uses"
            " WHERE id = NEW.use_id) IS NOT NULL BEGIN UPDATE invoices"
            " SET allocated = allocated - 1 WHERE number = NEW.invoice_number; END"
        ),
    ),
    "a cheque is recorded a cent short": (
        CounterMachine,
        (
            "AFTER INSERT ON payments WHEN NEW.source = 'staff' BEGIN"
            " UPDATE payments SET amount = amount - 1 WHERE id = NEW.id; END"
        ),
    ),
    "a cheque that bounced still counts": (
        CounterMachine,
        (
            "AFTER UPDATE ON payments WHEN NEW.source = 'staff' AND NEW.refunded > 0 BEGIN"
            " UPDATE payments SET refunded = 0 WHERE id = NEW.id; END"
        ),
    ),
    "an invoice that was voided comes back": (
        CounterMachine,
        (
            "AFTER INSERT ON audit WHEN NEW.action <> 'void_invoice' BEGIN"
            " UPDATE invoices SET lifecycle = 'issued' WHERE lifecycle = 'void'; END"
        ),
    ),
    "money that was taken off stays on the invoice": (
        CounterMachine,
        (
            "AFTER DELETE ON payment_allocations BEGIN INSERT INTO payment_allocations"
            " VALUES (OLD.payment_id, OLD.invoice_number, OLD.amount); END"
        ),
    ),
}


@pytest.mark.parametrize("fault", TRIGGERS)
def test_a_fault_in_the_books_is_found_out(new_shop: NewShop, fault: str) -> None:
    machine, trigger = TRIGGERS[fault]

    def broken() -> Shop:
        shop = new_shop(StripeSide())
        with shop.database.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TRIGGER planted {trigger}")
        return shop

    with pytest.raises((AssertionError, IntegrityError)):  # the schema may be quicker to object
        hunt(broken, machine)

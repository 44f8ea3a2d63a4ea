import pytest
from sqlalchemy.exc import IntegrityError

from storage import invoices, ledger, payments
from storage.database import Database
from storage.payments import Payment
from tests.builders import NOW, add_customer, add_invoice


def a_payment(amount: int = 12500) -> Payment:
    return Payment(
        id="pi_1",
        customer_id="C1",
        currency="USD",
        amount=amount,
        status="succeeded",
        source="gateway",
        method="card",
        received_on=NOW.date(),
        recorded_at=NOW,
    )


def test_an_allocation_moves_the_balance_and_its_release_moves_it_back(database: Database) -> None:
    with database.writing() as session:
        add_customer(session)
        invoice = add_invoice(session)
        payment = a_payment()
        payments.allocate(session, payment, invoice, 5000)
        assert (invoice.balance.minor, payment.unapplied) == (7500, 7500)
        payments.release(session, payment, invoice, 5000)
        assert (invoice.balance.minor, payment.unapplied) == (12500, 12500)
        assert payments.allocations(session, "pi_1") == []


def test_the_database_refuses_to_settle_more_than_the_invoice(database: Database) -> None:
    with database.writing() as session:
        add_customer(session)
        add_invoice(session)

    def overpay() -> None:
        with database.writing() as session:
            payments.allocate(
                session, a_payment(20000), invoices.find_all(session, ["INV-1042"])[0], 12501
            )

    with pytest.raises(IntegrityError, match="allocated_within_total"):
        overpay()
    with database.reading() as session:
        assert invoices.find_all(session, ["INV-1042"])[0].allocated == 0


def test_unapplied_credit_is_summed_by_currency(database: Database) -> None:
    with database.writing() as session:
        add_customer(session)
        session.add(a_payment())
    with database.reading() as session:
        assert ledger.unapplied(session) == [("C1", "USD", 12500)]

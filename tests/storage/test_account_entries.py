"""What moved a customer's balance, each with the business day on which it counts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from storage import account_entries, disputes, money_back, payments
from storage.account_values import Entry
from storage.database import Database
from storage.disputes import Dispute
from storage.gateway_states import RefundStatus
from storage.payments import Payment
from storage.refunds import Refund
from storage.reversals import PaymentReversal
from tests.builders import NOW, add_customer, add_invoice

NEW_YORK = ZoneInfo("America/New_York")


def business_day(instant: datetime) -> date:
    return instant.astimezone(NEW_YORK).date()


def found(database: Database) -> list[tuple[str, str, int]]:
    """Kind, day and amount of each entry of C1 in USD, as a list to compare."""
    with database.reading() as session:
        rows = account_entries.entries(session, "C1", "USD", business_day)
    return sorted((row.kind, row.day.isoformat(), row.amount) for row in rows)


def of(database: Database, *kinds: str) -> list[tuple[str, str, int]]:
    return [row for row in found(database) if row[0] in kinds]


@pytest.fixture
def paid(database: Database) -> Database:
    """USD 125.00 for INV-1042, paid through the gateway on 1 March."""
    with database.writing() as session:
        add_customer(session)
        invoice = add_invoice(session)
        payment = Payment(
            id="pi_1",
            customer_id="C1",
            currency="USD",
            amount=12_500,
            status="succeeded",
            source="gateway",
            method="card",
            received_on=date(2026, 3, 1),
            recorded_at=NOW,
        )
        session.add(payment)
        session.flush()
        payments.allocate(session, payment, invoice, 12_500)
    return database


def change(database: Database, act: Callable[[Session, Payment], None]) -> None:
    with database.writing() as session:
        payment = payments.lock(session, "pi_1")
        assert payment is not None
        act(session, payment)
        session.flush()
        money_back.settle(session, payment)


def refund(amount: int, made_at: datetime, status: RefundStatus = "succeeded") -> Refund:
    return Refund(
        id=f"re_{amount}",
        payment_id="pi_1",
        currency="USD",
        amount=amount,
        status=status,
        made_at=made_at,
        changed_at=made_at,
    )


def test_an_invoice_and_its_payment(paid: Database) -> None:
    assert found(paid) == [("invoice", "2026-02-10", 12_500), ("payment", "2026-03-01", -12_500)]


def test_a_refund_counts_on_the_companys_day(paid: Database) -> None:
    """2 Mar 03:00 UTC is 1 Mar 22:00 in New York."""
    made_at = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    change(paid, lambda session, _: session.add(refund(4_000, made_at)))
    assert of(paid, "refund") == [("refund", "2026-03-01", 4_000)]


def test_a_refund_that_failed_never_was(paid: Database) -> None:
    change(paid, lambda session, _: session.add(refund(4_000, NOW, "failed")))
    assert of(paid, "refund") == []


def test_a_reversal_that_tells_of_a_refund_is_the_same_money(paid: Database) -> None:
    def both(session: Session, _: Payment) -> None:
        session.add(refund(4_000, NOW))
        for part, amount in ((1, 4_000), (2, 1_000)):
            session.add(
                PaymentReversal(
                    id="R", part=part, payment_id="pi_1", amount=amount, reversed_on=NOW.date()
                )
            )

    change(paid, both)
    assert of(paid, "refund", "reversal") == [
        ("refund", "2026-03-10", 4_000),
        ("reversal", "2026-03-10", 1_000),
    ]


def test_money_of_a_dispute_counts_for_as_long_as_the_bank_has_it(paid: Database) -> None:
    def withdraw(session: Session, _: Payment) -> None:
        row = Dispute(
            id="dp_1",
            payment_id="pi_1",
            currency="USD",
            amount=12_500,
            status="needs_response",
            withdrawn=12_500,
            movements=1,
            opened_at=NOW,
            changed_at=NOW,
        )
        session.add(row)

    def give_back(session: Session, _: Payment) -> None:
        row = disputes.find(session, "dp_1")
        assert row is not None
        row.withdrawn, row.movements, row.status = 0, 2, "won"

    change(paid, withdraw)
    assert of(paid, "dispute") == [("dispute", "2026-03-10", 12_500)]
    change(paid, give_back)
    assert of(paid, "dispute") == []


def test_a_payment_that_is_no_money_yet_is_no_entry(paid: Database) -> None:
    with paid.writing() as session:
        row = Payment(
            id="pi_2",
            customer_id="C1",
            currency="USD",
            amount=500,
            status="processing",
            source="gateway",
            method="us_bank_account",
            received_on=NOW.date(),
            recorded_at=NOW,
        )
        session.add(row)
    assert of(paid, "payment") == [("payment", "2026-03-01", -12_500)]


def test_a_document_that_came_here_void_never_was_owed(paid: Database) -> None:
    with paid.writing() as session:
        add_invoice(session, "INV-2", lifecycle="void")
    assert of(paid, "invoice", "void") == [("invoice", "2026-02-10", 12_500)]


def test_another_customers_and_another_currencys_are_not_seen(paid: Database) -> None:
    with paid.writing() as session:
        add_customer(session, "C2")
        add_invoice(session, "INV-3", customer_id="C2")
        add_invoice(session, "INV-4", currency="EUR")
    assert of(paid, "invoice") == [("invoice", "2026-02-10", 12_500)]
    with paid.reading() as session:
        assert account_entries.currencies(session, "C1") == ["EUR", "USD"]


def test_an_entry_is_known_by_its_kind_and_number() -> None:
    entry = Entry(NOW.date(), "void", "INV-1", -100, "INV-1")
    assert entry.key == ("void", "INV-1")

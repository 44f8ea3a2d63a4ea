"""A database that was used before: every migration keeps what is in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from storage import search_terms
from storage.database import Database
from storage.deliveries import Delivery
from storage.orders import Order
from storage.payments import Payment
from storage.reversals import PaymentReversal
from storage.schema import is_current, migrate


@pytest.fixture
def empty(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'used.db'}"
    if database_kind == "postgresql":
        url = request.getfixturevalue("postgresql").new_url()
    database = Database(url)
    yield database
    database.close()


def say(session: Session, *statements: str, **values: object) -> None:
    for statement in statements:
        session.connection().execute(text(statement), values)


def test_payments_told_before_staff_recorded_any_stay(empty: Database) -> None:
    migrate(empty, "0002")
    with empty.writing() as session:
        say(
            session,
            "INSERT INTO payments (id, currency, amount, allocated, refunded, disputed, status,"
            " source, method, method_detail, payer_email, reference, statement_descriptor,"
            " received_on, failure, recorded_at, digest) VALUES ('pi_1', 'USD', 100, 0, 40, 0,"
            " 'succeeded', 'gateway', 'card', '', '', '', '', '2026-03-10', '',"
            " '2026-03-10T15:00:00.000000+00:00', '')",
            "INSERT INTO payment_reversals (id, part, payment_id, amount, reversed_on, digest)"
            " VALUES ('R1', 1, 'pi_1', 40, '2026-03-11', 'd')",
        )
    migrate(empty)
    with empty.reading() as session:
        payment = session.get_one(Payment, "pi_1")
        assert (payment.recorded_by, payment.cheque_number, payment.erp_id) == ("", "", None)
        assert session.get_one(PaymentReversal, ("R1", 1)).reversed_by == ""


def test_orders_of_the_first_schema_stay_and_can_be_searched(empty: Database) -> None:
    migrate(empty, "0001")
    with empty.writing() as session:
        say(
            session,
            'INSERT INTO customers (id, name, billing_address, tax_id, phone, "group", currency,'
            " terms_days, payment_links_enabled, links_disabled_reason, auto_invoice,"
            " preferred_method, locale)"
            " VALUES ('C1', 'Blue Iris', '', '', '', '', 'USD', 30, :off, '', :off, '', '')",
            "INSERT INTO orders (number, customer_id, order_date, po_number, status)"
            " VALUES ('88213', 'C1', '2026-02-09', 'PO/7781-2', 'shipped')",
            "INSERT INTO search_terms (kind, term, ref) VALUES ('customer', 'iris', 'C1')",
            "INSERT INTO deliveries (key, kind, purpose, payload, status, not_before, attempts,"
            " setbacks, ambiguous, created_by, created_at) VALUES ('notice:1', 'slack', 'notice',"
            " '{}', 'queued', '2026-03-10T15:00:00.000000+00:00', 0, 0, 0, 'system',"
            " '2026-03-10T15:00:00.000000+00:00')",
            off=False,
        )
    migrate(empty)
    assert is_current(empty)
    with empty.reading() as session:
        for typed in ("88213", "7781", "iris"):
            [(order, _)] = search_terms.find_orders(session, typed, 9)
            assert (order.number, order.status, order.amount) == ("88213", "shipped", None)
        assert session.get_one(Order, "88213").created_by == ""
        assert session.get_one(Delivery, 1).order_number is None

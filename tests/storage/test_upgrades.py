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

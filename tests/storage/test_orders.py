from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from storage import orders, search_terms
from storage.customers import Customer
from storage.database import Database
from storage.orders import Order
from tests.builders import ALEX, SALLY, add_customer


def an_order(session: Session, number: str, *, days_ago: int = 0, **own: Any) -> None:
    facts: dict[str, Any] = {"customer_id": "C1", "po_number": "7781"} | own
    day = date(2026, 3, 10) - timedelta(days=days_ago)
    session.add(Order(number=number, order_date=day, **facts))
    terms = search_terms.document_terms(number, facts["po_number"])
    search_terms.replace(session, "order", number, terms)
    session.flush()


@pytest.fixture
def shop(database: Database) -> Database:
    """C1 is nobody's, C2 is represented by Sally."""
    with database.writing() as session:
        add_customer(session)
        add_customer(session, "C2", name="Café Tulipán", sales_rep=SALLY.id)
        an_order(session, "SO-1", days_ago=9, created_by=SALLY.id)
        an_order(session, "SO-2", days_ago=1, customer_id="C2", po_number="PO/55-12")
        an_order(session, "SO-3", created_by=ALEX.id)
    return database


def numbers(found: list[tuple[Order, Customer]]) -> list[str]:
    return [order.number for order, _ in found]


def test_orders_taken_or_represented_by_the_person_come_first(shop: Database) -> None:
    with shop.reading() as session:
        assert numbers(orders.recent(session, SALLY.id, limit=9)) == ["SO-2", "SO-1", "SO-3"]
        assert numbers(orders.recent(session, ALEX.id, limit=9)) == ["SO-3", "SO-2", "SO-1"]


def test_recent_orders_come_in_pages(shop: Database) -> None:
    with shop.reading() as session:
        assert numbers(orders.recent(session, SALLY.id, limit=2)) == ["SO-2", "SO-1"]
        assert numbers(orders.recent(session, SALLY.id, limit=2, offset=2)) == ["SO-3"]


@pytest.mark.parametrize("typed", ["so-2", "55-12", "café", "tulip PO/55", "12", "C2"])
def test_an_order_is_found_by_number_po_and_customer(shop: Database, typed: str) -> None:
    with shop.reading() as session:
        assert numbers(search_terms.find_orders(session, typed, 9)) == ["SO-2"]


def test_what_matches_no_order_finds_none(shop: Database) -> None:
    with shop.reading() as session:
        assert search_terms.find_orders(session, "SO-2 iris", 9) == []


@pytest.mark.parametrize("typed", ["tulip", "caf", "C2", "café tulip"])
def test_a_customer_is_found_by_the_beginnings_of_words(shop: Database, typed: str) -> None:
    with shop.reading() as session:
        assert [row.id for row in search_terms.find_customers(session, typed, 9)] == ["C2"]

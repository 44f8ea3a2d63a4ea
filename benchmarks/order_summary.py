"""How long the Order Summary takes at 100,000 orders: python benchmarks/order_summary.py [URL]."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert, text
from sqlmodel import Session

from commands.ports import SystemClock
from storage import deliveries, invoices, orders, payment_links, search_terms
from storage.customers import Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.orders import Order
from storage.schema import migrate
from storage.search_terms import SearchTerm

ORDERS = 100_000
CUSTOMERS = 3_000
FIRST = "Blue Iris Green Willow Golden Rose Silver Fern Wild Poppy Royal Orchid".split()
SECOND = "Florist Flowers Garden Market Events Weddings Studio Nursery".split()
TYPED = ("5", "500042", "PO-", "po-5", "blue", "fl", "blue florist", "rose 5")
PAGE = 9
ROUNDS = 10


def fill(database: Database) -> None:
    customers = [
        {"id": f"C{n}", "name": f"{FIRST[n % 12]} {SECOND[n % 8]} {n}", "currency": "USD"}
        for n in range(CUSTOMERS)
    ]
    rows = [an_order(n) for n in range(ORDERS)]
    terms: list[dict[str, object]] = [
        {"kind": "customer", "term": term, "ref": row["id"]}
        for row in customers
        for term in search_terms.customer_terms(str(row["id"]), str(row["name"]))
    ]
    terms += [
        {"kind": "order", "term": term, "ref": row["number"]}
        for row in rows
        for term in search_terms.document_terms(str(row["number"]), str(row["po_number"]))
    ]
    with database.writing() as session:
        session.connection().execute(insert(Customer), customers)
        session.connection().execute(insert(Order), rows)
        session.connection().execute(insert(Invoice), [an_invoice(n) for n in range(ORDERS)])
        session.connection().execute(insert(SearchTerm), terms)
    with database.writing() as session:
        session.connection().execute(text("ANALYZE"))


def an_order(n: int) -> dict[str, object]:
    return {
        "number": str(500000 + n),
        "customer_id": f"C{n % CUSTOMERS}",
        "order_date": date(2024, 1, 1) + timedelta(days=n % 800),
        "po_number": f"PO-{n % 70000}",
        "status": "shipped",
    }


def an_invoice(n: int) -> dict[str, object]:
    issued = date(2024, 1, 1) + timedelta(days=n % 800)
    return {
        "number": f"INV-{100000 + n}",
        "customer_id": f"C{n % CUSTOMERS}",
        "order_number": str(500000 + n),
        "issue_date": issued,
        "due_date": issued + timedelta(days=30),
        "currency": "USD",
        "net": 12500,
        "tax": 0,
        "total": 12500,
        "recorded_at": SystemClock().now(),
    }


def page(session: Session) -> None:
    """What one page asks besides its orders."""
    numbers = [order.number for order, _ in orders.recent(session, "U1", limit=PAGE)]
    issued = [invoice.number for invoice in invoices.of_orders(session, numbers)]
    payment_links.states_by_invoice(session, issued)
    deliveries.mails_of_order(session, numbers[0], issued, limit=10)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'orders.db'}"
        database = Database(url)
        migrate(database)
        fill(database)
        timed(database, "a page", page)
        timed(database, "its last", lambda s: orders.recent(s, "U1", limit=PAGE, offset=992))
        for typed in TYPED:
            timed(database, typed, lambda s, t=typed: search_terms.find_orders(s, t, PAGE))  # type: ignore[misc]  # a default binds it
        database.close()


def timed(database: Database, name: str, ask: Callable[[Session], object]) -> None:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with database.reading() as session:
            ask(session)
        spent.append((time.perf_counter() - began) * 1000)
    middle, worst = statistics.median(spent), max(spent)
    sys.stdout.write(f"{name!r:16} median {middle:6.1f} ms, worst {worst:6.1f} ms\n")


if __name__ == "__main__":
    main()

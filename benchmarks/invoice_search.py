"""How long the invoice search takes at 100,000 invoices: python benchmarks/invoice_search.py."""

import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from commands.ports import SystemClock
from storage import search_terms
from storage.customers import Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.schema import migrate
from storage.search_terms import SearchTerm

INVOICES = 100_000
CUSTOMERS = 3_000
FIRST = "Blue Iris Green Willow Golden Rose Silver Fern Wild Poppy Royal Orchid".split()
SECOND = "Florist Flowers Garden Market Events Weddings Studio Nursery".split()
TYPED = ("10", "INV-1", "INV-1042", "77", "po-5", "blue", "bl", "blue florist", "fl", "rose 12")
ROUNDS = 10


def fill(database: Database) -> None:
    customers = [
        {"id": f"C{n}", "name": f"{FIRST[n % 12]} {SECOND[n % 8]} {n}", "currency": "USD"}
        for n in range(CUSTOMERS)
    ]
    invoices = [an_invoice(n) for n in range(INVOICES)]
    terms: list[dict[str, object]] = [
        {"kind": "customer", "term": term, "ref": row["id"]}
        for row in customers
        for term in search_terms.customer_terms(str(row["id"]), str(row["name"]))
    ]
    terms += [
        {"kind": "invoice", "term": term, "ref": row["number"]}
        for row in invoices
        for term in search_terms.document_terms(str(row["number"]), str(row["po_number"]))
    ]
    with database.writing() as session:
        session.connection().execute(insert(Customer), customers)
        session.connection().execute(insert(Invoice), invoices)
        session.connection().execute(insert(SearchTerm), terms)


def an_invoice(n: int) -> dict[str, object]:
    issued = date(2024, 1, 1) + timedelta(days=n % 800)
    return {
        "number": f"INV-{100000 + n}",
        "customer_id": f"C{n % CUSTOMERS}",
        "order_number": str(500000 + n),
        "issue_date": issued,
        "due_date": issued + timedelta(days=30),
        "currency": "USD",
        "po_number": f"PO-{n % 70000}",
        "net": 12500,
        "tax": 0,
        "total": 12500,
        "allocated": 0 if n % 10 == 0 else 12500,
        "recorded_at": SystemClock().now(),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'search.db'}")
        migrate(database)
        fill(database)
        for typed in TYPED:
            spent = [seconds(database, typed) for _ in range(ROUNDS)]
            worst, middle = max(spent) * 1000, statistics.median(spent) * 1000
            sys.stdout.write(f"{typed!r:16} median {middle:6.1f} ms, worst {worst:6.1f} ms\n")
        database.close()


def seconds(database: Database, typed: str) -> float:
    began = time.perf_counter()
    with database.reading() as session:
        search_terms.find_invoices(session, typed, 100)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

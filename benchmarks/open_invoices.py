"""How long each screen of Open Invoices takes: python benchmarks/open_invoices.py [URL].

500 customers with 5,000 open invoices, all of them ticked in the end, among 20,000 paid ones.
The database of the URL is to be empty.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert, text

from commands.desk import Desk
from commands.open_invoices import modal, review, review_modal, service, sheet
from commands.open_invoices.merging import Screen
from commands.open_invoices.service import Look
from commands.ports import SystemClock
from storage import search_terms
from storage.customers import Contact, Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.schema import migrate
from storage.search_terms import SearchTerm
from tests.builders import MARA, add_cast
from tests.conftest import furnished

CUSTOMERS, OPEN, ALL = 500, 5_000, 25_000
ROUNDS = 5

Result = TypeVar("Result")


def an_invoice(n: int) -> dict[str, object]:
    issued = date(2026, 3, 1) - timedelta(days=n % 200)
    return {
        "number": f"INV-{100000 + n}",
        "customer_id": f"C{n % CUSTOMERS}",
        "issue_date": issued,
        "due_date": issued + timedelta(days=30),
        "currency": "USD",
        "net": 12500,
        "tax": 0,
        "total": 12500,
        "allocated": 0 if n < OPEN else 12500,
        "recorded_at": SystemClock().now(),
    }


def fill(database: Database) -> None:
    customers = [
        {"id": f"C{n}", "name": f"Florist {n}", "currency": "USD"} for n in range(CUSTOMERS)
    ]
    contacts = [
        {"customer_id": f"C{n}", "purpose": "invoice", "address": f"ap@florist{n}.test"}
        for n in range(CUSTOMERS)
    ]
    terms = [
        {"kind": "customer", "term": term, "ref": f"C{n}"}
        for n in range(CUSTOMERS)
        for term in search_terms.customer_terms(f"C{n}", f"Florist {n}")
    ]
    invoices = [an_invoice(n) for n in range(ALL)]
    with database.writing() as session:
        add_cast(session)
        session.flush()
        for model, rows in ((Customer, customers), (Contact, contacts), (SearchTerm, terms)):
            session.connection().execute(insert(model), rows)
        session.connection().execute(insert(Invoice), invoices)
        session.connection().execute(text("ANALYZE"))


def shown(look: Look, *ticked: str) -> Screen:
    """What Slack sends when these are ticked too on what `look` shows."""
    rows = frozenset(row.number for row in look.rows)
    return Screen(look.window_id, look.version, rows, look.ticked, look.ticked | set(ticked))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'open.db'}"
        database = Database(url)
        migrate(database)
        fill(database)
        measure(furnished(database).desk)
        database.close()


def measure(desk: Desk) -> None:
    look = timed("open", lambda: service.open_window(MARA, desk, typed=""))
    look = timed("search", lambda: service.open_window(MARA, desk, typed="florist"))
    first = look.rows[0].number
    look = timed("a tick", lambda: service.change(MARA, desk, screen=shown(look, first)))
    step = service.move("all")
    look = timed("select all", lambda: service.change(MARA, desk, screen=shown(look), move=step))
    timed("a tick among all", lambda: service.change(MARA, desk, screen=shown(look)))
    step = service.move("next")
    timed("next", lambda: service.change(MARA, desk, screen=shown(look), move=step))
    weighed("list", lambda: modal.view(look))
    found = timed("review", lambda: review.load(MARA, desk, window_id=look.window_id))
    weighed("cards", lambda: review_modal.view(found, "https://pay.bloom.test/preview/x"))
    timed("CSV", lambda: sheet.selection_csv(MARA, desk, selection_id=found.selection_id))


def timed(name: str, ask: Callable[[], Result]) -> Result:
    spent, answer = [], ask()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = ask()
        spent.append((time.perf_counter() - began) * 1000)
    middle, worst = statistics.median(spent), max(spent)
    sys.stdout.write(f"{name:18} median {middle:7.1f} ms, worst {worst:7.1f} ms\n")
    return answer


def weighed(name: str, make: Callable[[], dict[str, object]]) -> None:
    size = len(json.dumps(timed(name, make)))
    sys.stdout.write(f"{name:18} {size / 1000:.1f} KB\n")


if __name__ == "__main__":
    main()

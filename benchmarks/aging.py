"""How long Aging / Statements takes: 50,000 customers, 1,000,000 invoices, a fifth of them open.

    python -m benchmarks.aging [DATABASE_URL]   # of an empty database; default SQLite

A PostgreSQL to measure on: TEST_DATABASE_URL's server, or `python -m benchmarks.aging postgresql`,
which starts one of its own as the tests do. What is printed for each question are the best and
the median of several times; the target is for what a screen asks altogether.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from storage import balance_keeping, bulk, receivables, search_terms
from storage.customers import Customer
from storage.database import Database
from storage.money import Money
from storage.payments import Payment
from storage.receivables import Filters
from storage.schema import migrate
from storage.search_terms import SearchTerm
from storage.users import User

CUSTOMERS, INVOICES = 50_000, 1_000_000
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
PAGE, ROUNDS = 8, 7
TARGET_MS = 300
FIRST = "Blue Iris Green Willow Golden Rose Silver Fern Wild Poppy Royal Orchid".split()
SECOND = "Florist Flowers Garden Market Events Weddings Studio Nursery".split()
ASKED: dict[str, Filters] = {
    "no filter": Filters(),
    "over 90 days": Filters(bucket="over_90"),
    "31-60 days": Filters(bucket="31-60"),
    "minimum": Filters(minimum=Money(900_000, "USD")),
    "representative": Filters(sales_rep="U7"),
    "group": Filters(group="G3"),
    "name, few": Filters(text="orchid nursery 4"),
    "name, many": Filters(text="fl"),
    "several": Filters(text="rose", group="G5", bucket="over_90", minimum=Money(1, "USD")),
}


def main(url: str = "") -> None:
    with opened(url) as database:
        began = time.perf_counter()
        migrate(database)
        fill(database)
        say(f"{database.engine.dialect.name}: filled in {time.perf_counter() - began:.0f} s")
        timed("all computed", database, lambda s: screen(s, Filters(), 0))
        began = time.perf_counter()
        kept = keep(database)
        say(f"{kept} balances kept in {time.perf_counter() - began:.1f} s")
        if not database.is_sqlite:
            vacuum(database)
        measure(database)
        say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        if url == "postgresql":
            from tests.databases import server

            url = server().url_of("aging_benchmark")
        database = Database(url or f"sqlite:///{Path(folder) / 'aging.db'}")
        yield database
        database.close()


def fill(database: Database) -> None:
    day = (
        "date({day}, -({n}) || ' days')"
        if database.is_sqlite
        else "DATE {day} - CAST({n} AS INTEGER)"
    )
    day_of = partial(day.format, day=f"'{TODAY}'")
    with database.writing() as session:
        bulk.insert(session, User, [a_person(n) for n in range(20)])
        bulk.insert(session, Customer, [a_customer(n) for n in range(CUSTOMERS)])
        bulk.insert(session, SearchTerm, [row for n in range(CUSTOMERS) for row in terms_of(n)])
        bulk.insert(session, Payment, [a_payment(n) for n in range(CUSTOMERS // 20)])
        issued, due = day_of(n="n * 31 % 150"), day_of(n="n * 31 % 150 - 30")
        session.execute(text(AN_INVOICE.format(issued=issued, due=due)), {"now": NOW})


# Every fifth is open, of a customer and an age that follow no order.
AN_INVOICE = f"""
WITH RECURSIVE numbers(n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {INVOICES - 1}
), made AS (
    SELECT CAST(n AS BIGINT) AS n, CAST(n AS BIGINT) * 7919 % {CUSTOMERS} AS owner,
        1000 + CAST(n AS BIGINT) * 7907 % 400000 AS total FROM numbers
)
INSERT INTO invoices (number, customer_id, order_number, issue_date, due_date, currency, po_number,
    notes, version, net, tax, rounding, total, allocated, lifecycle, digest, recorded_at)
SELECT 'INV-' || (1000000 + n), 'C' || substr(CAST(100000 + owner AS TEXT), 2), CAST(n AS TEXT),
    {{issued}}, {{due}}, CASE WHEN owner % 10 = 0 AND n % 3 = 0 THEN 'EUR' ELSE 'USD' END,
    'PO-' || n, '', 1, total, 0, 0, total,
    CASE WHEN n % 5 = n / 50000 % 5 THEN 0 ELSE total END, 'issued', '', :now
FROM made
"""  # noqa: S608 -- numbers of our own


def a_person(n: int) -> dict[str, object]:
    return {"id": f"U{n}", "name": f"Person {n}", "email": f"u{n}@b.test", "active": True}


def a_customer(n: int) -> dict[str, object]:
    own = {"sales_rep": f"U{n % 20}", "group": f"G{n % 12}", "currency": "USD"}
    return {"id": f"C{n:05}", "name": name_of(n), **own}


def name_of(n: int) -> str:
    return f"{FIRST[n % 12]} {SECOND[n // 12 % 8]} {n}"


def terms_of(n: int) -> list[dict[str, object]]:
    found = search_terms.customer_terms(f"C{n:05}", name_of(n))
    return [{"kind": "customer", "term": term, "ref": f"C{n:05}"} for term in found]


def a_payment(n: int) -> dict[str, object]:
    return {
        "id": f"pay_{n}",
        "customer_id": f"C{n * 20:05}",
        "currency": "USD",
        "amount": 5000,
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": TODAY,
        "recorded_at": NOW,
    }


def keep(database: Database) -> int:
    kept, last = 0, 1
    while last:
        with database.writing() as session:
            last = balance_keeping.keep_ended(session, TODAY, 500)
        kept += last
    return kept


def vacuum(database: Database) -> None:
    """What autovacuum does by itself within minutes of a large import."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def screen(session: Session, filters: Filters, offset: int) -> int:
    """What one screen of Aging / Statements asks: the totals of all, and a page."""
    totals = receivables.balance_totals(session, TODAY, filters)
    receivables.customers_with_balance(session, TODAY, filters, limit=PAGE, offset=offset)
    return sum(total.customers for total in totals)


def ordered(session: Session, order: receivables.Worst) -> int:
    return len(receivables.customers_with_balance(session, TODAY, limit=PAGE, order=order))


def picked(session: Session, filters: Filters, offset: int) -> int:
    """What one screen of Open Invoices asks."""
    receivables.open_invoices(session, TODAY, filters, limit=50, offset=offset)
    totals = receivables.open_invoice_totals(session, TODAY, filters)
    return sum(total.invoices for total in totals)


def measure(database: Database) -> None:
    with database.reading() as session:
        customers = screen(session, Filters(), 0)
        invoices = picked(session, Filters(), 0)
    say(f"{customers} balances, {invoices} open invoices")
    for name, filters in ASKED.items():
        timed(name, database, lambda s, f=filters: screen(s, f, 0))  # type: ignore[misc]  # a default binds it
    timed("last page", database, lambda s: screen(s, Filters(), customers - PAGE))
    for order in ("overdue", "largest"):
        timed(
            f"{order} first",
            database,
            lambda s, o=order: ordered(s, o),  # type: ignore[misc]  # the same
        )
    own = Filters(customer_ids=("C00010",), currency="USD")
    timed("one customer", database, lambda s: screen(s, own, 0) + picked(s, own, 0))
    for name, filters in ASKED.items():
        timed(f"invoices, {name}", database, lambda s, f=filters: picked(s, f, 0))  # type: ignore[misc]  # the same
    timed("invoices, last page", database, lambda s: picked(s, Filters(), invoices - 50))
    timed("a day later", database, later)
    timed("every row", database, lambda s: sum(1 for _ in receivables.every_balance(s, TODAY)))


def later(session: Session) -> int:
    """Before the clock has looked: what changed its class is computed."""
    tomorrow = TODAY + timedelta(days=1)
    receivables.customers_with_balance(session, tomorrow, limit=PAGE)
    return len(receivables.balance_totals(session, tomorrow))


def timed(name: str, database: Database, ask: Callable[[Session], int]) -> None:
    spent, found = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with database.reading() as session:
            found = ask(session)
        spent.append((time.perf_counter() - began) * 1000)
    best, middle = min(spent), statistics.median(spent)
    verdict = "" if middle < TARGET_MS else f"  ABOVE {TARGET_MS} ms"
    say(f"{name:24} {found:8} found  best {best:6.1f} ms  median {middle:6.1f} ms{verdict}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

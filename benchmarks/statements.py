"""What one statement of a period end takes, its figures and its mail queued; nothing is rendered:

    python -m benchmarks.statements [CUSTOMERS [DOCUMENTS [DATABASE_URL]]]

By default 200 customers, 20,000 documents and SQLite. Each customer has 60 documents of two years:
an invoice every twelfth day, paid after five weeks, and every tenth a credit memo, put on the
invoice before it. The last six month ends are run as `run-due` runs them, so each statement but
the first follows others. Then one account of many DOCUMENTS. `postgresql` as the URL starts a
server as the tests do: there the processor time is this process's alone, and the server's is in
the milliseconds that pass.
"""

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from commands.access import SCHEDULER
from commands.period_end import run
from commands.rules.periods import Period
from commands.send_statement import making
from commands.send_statement.making import Account
from storage import bulk
from storage.customers import Contact, Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.payments import CreditApplication, Payment, PaymentAllocation
from storage.schedules import Schedule
from storage.schema import migrate
from tests.conftest import Room, furnished

CUSTOMERS, EACH = 200, 60
LONG, DOCUMENTS = "C-LONG", 20_000
FIRST = date(2024, 4, 2)
ENDS = [date(2025, m, d) for m, d in ((10, 31), (11, 30), (12, 31))]
ENDS += [date(2026, m, d) for m, d in ((1, 31), (2, 28), (3, 31))]
TOTAL, MEMO = 12_500, 1_500
ROUNDS = 5
Row = dict[str, object]


def main(customers: str = str(CUSTOMERS), documents: str = str(DOCUMENTS), url: str = "") -> None:
    with opened(url) as database:
        migrate(database)
        fill(database, [f"C{n:05}" for n in range(int(customers))], EACH)
        measure_period_ends(furnished(database), int(customers))
        fill(database, [LONG], int(documents))
        measure_long_account(furnished(database), documents)
        say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        if url == "postgresql":
            from tests.databases import server

            url = server().url_of("statements_benchmark")
        database = Database(url or f"sqlite:///{Path(folder) / 'statements.db'}")
        yield database
        database.close()


# -- the accounts -------------------------------------------------------------------------------


def fill(database: Database, ids: list[str], each: int) -> None:
    for some in bulk.chunks(ids, 100):
        with database.writing() as session:
            bulk.insert(session, Customer, [_customer(own) for own in some])
            bulk.insert(session, Contact, [_contact(own) for own in some])
            for own in some:
                _history(session, own, each)


def _history(session: Session, own: str, each: int) -> None:
    """The same two years, whatever `each` is."""
    paid = {n for n in range(each) if _paid_on(n, each) <= ENDS[-1] and not _is_memo(n)}
    memos = [n for n in range(each) if _is_memo(n)]
    bulk.insert(session, Invoice, [_document(own, n, each, n in paid) for n in range(each)])
    bulk.insert(session, Payment, [_payment(own, n, each) for n in paid])
    bulk.insert(session, PaymentAllocation, [_part(own, n) for n in paid])
    bulk.insert(session, CreditApplication, [_applied(own, n) for n in memos])


def _is_memo(n: int) -> bool:
    return (n + 1) % 10 == 0


def _share(n: int) -> int:
    """What is left of an invoice to pay: a memo lies on the one before it."""
    return TOTAL - MEMO if _is_memo(n + 1) else TOTAL


def _issued_on(n: int, each: int) -> date:
    return FIRST + timedelta(days=n * 720 // each)


def _paid_on(n: int, each: int) -> date:
    return _issued_on(n, each) + timedelta(days=35)


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


def _customer(own: str) -> Row:
    return {"id": own, "name": f"Shop {own}", "currency": "USD"}


def _contact(own: str) -> Row:
    return {"customer_id": own, "purpose": "invoice", "address": f"{own.lower()}@shop.test"}


def _document(own: str, n: int, each: int, is_paid: bool) -> Row:  # noqa: FBT001 -- a fact of it
    total = -MEMO if _is_memo(n) else TOTAL
    laid = total if _is_memo(n) else (TOTAL - _share(n) + (_share(n) if is_paid else 0))
    day = _issued_on(n, each)
    return {
        "number": f"{own}-{n}",
        "customer_id": own,
        "issue_date": day,
        "due_date": day + timedelta(days=30),
        "currency": "USD",
        "po_number": f"PO-{n}",
        "net": total,
        "tax": 0,
        "total": total,
        "allocated": laid,
        "recorded_at": _moment(day),
    }


def _payment(own: str, n: int, each: int) -> Row:
    day = _paid_on(n, each)
    return {
        "id": f"pay_{own}_{n}",
        "customer_id": own,
        "currency": "USD",
        "amount": _share(n),
        "allocated": _share(n),
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": day,
        "recorded_at": _moment(day),
    }


def _part(own: str, n: int) -> Row:
    return {
        "payment_id": f"pay_{own}_{n}",
        "invoice_number": f"{own}-{n}",
        "amount": _share(n),
    }


def _applied(own: str, n: int) -> Row:
    return {"credit_number": f"{own}-{n}", "invoice_number": f"{own}-{n - 1}", "amount": MEMO}


# -- the runs -----------------------------------------------------------------------------------


def measure_period_ends(room: Room, customers: int) -> None:
    """Milliseconds for each statement of each month end, one after the other."""
    with room.desk.database.writing() as session:
        session.add(_schedule())
    for end in ENDS:
        room.clock.instant = _moment(end) + timedelta(hours=15)
        passed, used = timed(lambda: run.look(SCHEDULER, room.desk))
        told = f"{used / customers:6.2f} ms of processor, {passed / customers:6.2f} ms a statement"
        say(f"{end} {room.desk.database.engine.dialect.name:10} {told}")


def _schedule() -> Schedule:
    return Schedule(
        id="setting",
        cadence="monthly",
        starts_on=ENDS[0].replace(day=1),
        changed_by="benchmark",
        changed_at=_moment(FIRST),
        edited=True,
    )


def measure_long_account(room: Room, documents: str) -> None:
    """Best of several: the first statement of an account with that many documents, not kept."""
    account, period = Account(LONG, "USD"), Period(ENDS[-1].replace(day=1), ENDS[-1])
    with room.desk.database.reading() as session:
        times = [
            timed(lambda: making.make(session, room.desk, account, "balance_forward", period))
            for _ in range(ROUNDS)
        ]
    passed, used = min(times)[0], min(used for _, used in times)
    say(f"{documents} documents: {used:6.1f} ms of processor, {passed:6.1f} ms")


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds that passed, and of the processor."""
    gc.collect()
    began, used = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

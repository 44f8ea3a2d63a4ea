"""What a period end takes, and how large the process that runs it becomes:

    python -m benchmarks.period_end [CUSTOMERS …]   # default 2000 20000

For each number a SQLite file is filled, then one process does in it what `run-due` does: the look
ahead, every statement, and the first 2,000 deliveries, for each takes what the others take. Mails
carry a plain stand-in for the PDF, for rendering is work of child processes, and are accepted at
once.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from commands.access import DELIVERER, SCHEDULER
from commands.deliver.service import deliver_next
from commands.desk import Carriers, Desk
from commands.period_end import run
from commands.ports import MailEnvelope, RecipientOutcome
from storage import bulk
from storage.customers import Contact, Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.payments import Payment, PaymentAllocation
from storage.schedules import Schedule
from storage.schema import migrate
from tests.conftest import furnished
from tests.fakes import RecordingAnnouncer

NUMBERS = (2000, 20_000)
EACH = 5  # invoices, of which the first is paid
BEFORE, AFTER = datetime(2026, 3, 30, 19, tzinfo=UTC), datetime(2026, 3, 31, 19, tzinfo=UTC)
FILLED_AT_ONCE = 1000  # customers
MAILS = 2000


def main(*wanted: str) -> None:
    for number in [int(one) for one in wanted] or NUMBERS:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'period_end.db'}"
            fill(Database(url), number)
            subprocess.run([sys.executable, "-m", __spec__.name, url], check=True)  # noqa: S603 -- itself


def fill(database: Database, number: int) -> None:
    migrate(database)
    with database.writing() as session:
        session.add(
            Schedule(
                id="setting",
                cadence="monthly",
                starts_on=date(2026, 3, 1),
                changed_by="benchmark",
                changed_at=BEFORE,
                edited=True,
            )
        )
    for first in range(0, number, FILLED_AT_ONCE):
        ids = [f"C{n:06}" for n in range(first, min(first + FILLED_AT_ONCE, number))]
        with database.writing() as session:
            bulk.insert(session, Customer, [_customer(own) for own in ids])
            bulk.insert(session, Contact, [_contact(own) for own in ids])
            bulk.insert(session, Invoice, [_invoice(own, n) for own in ids for n in range(EACH)])
            bulk.insert(session, Payment, [_payment(own) for own in ids])
            bulk.insert(session, PaymentAllocation, [_part(own) for own in ids])
    database.close()


def _customer(own: str) -> dict[str, object]:
    return {"id": own, "name": f"Shop {own}", "currency": "USD"}


def _contact(own: str) -> dict[str, object]:
    return {"customer_id": own, "purpose": "invoice", "address": f"{own.lower()}@shop.test"}


def _invoice(own: str, n: int) -> dict[str, object]:
    day = date(2026, 2 + n % 2, 1 + n * 5)
    amounts = {"net": 10_000, "tax": 0, "total": 10_000, "allocated": 0 if n else 10_000}
    return amounts | {
        "number": f"{own}-{n}",
        "customer_id": own,
        "issue_date": day,
        "due_date": day.replace(month=4),
        "currency": "USD",
        "recorded_at": BEFORE,
    }


def _payment(own: str) -> dict[str, object]:
    return {
        "id": f"pay_{own}",
        "customer_id": own,
        "currency": "USD",
        "amount": 10_000,
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": date(2026, 3, 9),
        "recorded_at": BEFORE,
    }


def _part(own: str) -> dict[str, object]:
    return {"payment_id": f"pay_{own}", "invoice_number": f"{own}-0", "amount": 10_000}


# -- the run ------------------------------------------------------------------------------------


@dataclass
class CountingMailer:
    """Accepts everything and keeps nothing."""

    sent: int = 0

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        before_data()
        self.sent += 1
        return [RecipientOutcome(address, 250, "OK") for address in envelope.recipients]


def run_period_end(url: str) -> None:
    room = furnished(Database(url))
    desk, mailer, announcer = room.desk, CountingMailer(), RecordingAnnouncer()
    carriers = Carriers(mailer, announcer)
    _said("at first", 0.0, 0)
    room.clock.instant = BEFORE
    _timed("look ahead", lambda: run.look(SCHEDULER, desk), mailer)
    room.clock.instant = AFTER
    _timed("statements", lambda: run.look(SCHEDULER, desk), mailer)
    _timed("mails", lambda: _deliver(desk, carriers), mailer)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end\n")


def _deliver(desk: Desk, carriers: Carriers) -> int:
    done = 0
    while done < MAILS and deliver_next(DELIVERER, desk, carriers):
        done += 1
    return done


def _timed(what: str, act: Callable[[], int], mailer: CountingMailer) -> None:
    begun = time.perf_counter()
    act()
    _said(what, time.perf_counter() - begun, mailer.sent)


def _said(what: str, seconds: float, mails: int) -> None:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{what:12} {seconds:8.1f} s  {mails:6} mails  peak {kilobytes / 1024:6.1f} MB", flush=True
    )


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("sqlite"):
        run_period_end(sys.argv[1])
    else:
        main(*sys.argv[1:])

"""How long 500 customers with 5,000 invoices take in one send: benchmarks/bulk_send.py [URL].

A fresh database each time; `URL` names an empty one, else SQLite in a temporary folder.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from commands.access import BATCHER, Actor, Role
from commands.bulk_send import service
from commands.bulk_send.order import BulkMail, BulkOrder
from commands.bulk_send.preparing import prepare_next
from commands.desk import Desk, Gateway, Policy
from commands.keyring import Keyring
from commands.ports import SystemClock
from renderers.documents import Company
from storage.customers import Contact, Customer
from storage.database import Database
from storage.invoices import Invoice
from storage.schema import migrate
from storage.users import User, UserRole
from tests.fake_balance import MemoryBalance
from tests.fakes import (
    MemoryDisputes,
    MemoryGateway,
    MemoryPayments,
    MemoryRefunds,
    PlainPdfs,
    SwitchedAccount,
)

CUSTOMERS, EACH = 500, 10
MARA = Actor("U0MARA", "Mara", "mara@bloom.test", frozenset({Role.SALES_MANAGER}))

Result = TypeVar("Result")


def fill(database: Database) -> tuple[BulkMail, ...]:
    ids = [f"C{n:03}" for n in range(CUSTOMERS)]
    with database.writing() as session:
        say = session.connection().execute
        say(insert(User), [{"id": MARA.id, "name": MARA.name, "email": MARA.email}])
        say(insert(UserRole), [{"user_id": MARA.id, "role": "Sales Manager"}])
        say(insert(Customer), [{"id": own, "name": own, "currency": "USD"} for own in ids])
        say(insert(Contact), [_contact(own) for own in ids])
        say(insert(Invoice), [_invoice(own, n) for own in ids for n in range(EACH)])
    return tuple(
        BulkMail(own, "USD", tuple(f"{own}-{n}" for n in range(EACH)), (f"{own}@shop.test",))
        for own in ids
    )


def _contact(own: str) -> dict[str, object]:
    return {"customer_id": own, "purpose": "invoice", "address": f"{own}@shop.test"}


def _invoice(own: str, n: int) -> dict[str, object]:
    return {
        "number": f"{own}-{n}",
        "customer_id": own,
        "issue_date": date(2026, 2, 10),
        "due_date": date(2026, 3, 14),
        "currency": "USD",
        "net": 100,
        "tax": 0,
        "total": 100,
        "recorded_at": SystemClock().now(),
    }


def a_desk(database: Database) -> Desk:
    gateway = MemoryGateway()
    return Desk(
        database=database,
        clock=SystemClock(),
        company=Company(name="Bloom"),
        policy=Policy(mail_from="billing@bloom.test"),
        keyring=Keyring((b"a key for the benchmark",)),
        gateway=Gateway(
            gateway,
            MemoryPayments(gateway),
            SwitchedAccount(),
            gateway,
            MemoryRefunds(),
            MemoryDisputes(),
            MemoryBalance(),
        ),
        pdfs=PlainPdfs(),
    )


def timed(what: str, act: Callable[[], Result]) -> Result:
    begun, worked = time.perf_counter(), time.process_time()
    result = act()
    used = time.process_time() - worked
    print(f"{what:12} {time.perf_counter() - begun:6.2f} s, of the processor {used:.2f} s")
    return result


def main(url: str) -> None:
    database = Database(url)
    migrate(database)
    desk, order = a_desk(database), BulkOrder("benchmark", fill(database))
    timed("answer", lambda: service.policy_answer(MARA, desk, order=order))
    timed("answer again", lambda: service.policy_answer(MARA, desk, order=order))
    timed("request", lambda: service.request(MARA, desk, order=order))
    turns: list[float] = []
    more = True
    while more:
        begun = time.perf_counter()
        more = prepare_next(BATCHER, desk)
        turns.append(time.perf_counter() - begun)
    print(
        f"{'prepared':12} {sum(turns):6.2f} s, the longest of {len(turns)} turns {max(turns):.2f} s"
    )
    small = replace(order, request_id="small", mails=order.mails[:1])
    timed("small answer", lambda: service.policy_answer(MARA, desk, order=small))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{Path(folder) / 'benchmark.db'}")

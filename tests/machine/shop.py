"""The real services over a gateway in memory, with everything that can happen to them."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from commands import open_items
from commands.access import HOUSEKEEPER, IMPORTER, SETTLER
from commands.apply_credit import effect as credit_effect
from commands.approvals import service as approvals
from commands.desk import Desk
from commands.errors import PayError
from commands.import_files.service import import_files
from commands.ports import ReceivedEvent
from commands.refund.carry_out import carry_out_next
from commands.take_payment import chores, events, history
from storage.database import Database
from tests.builders import NOW, add_customer
from tests.conftest import Room
from tests.fakes import MemoryPayments, StoppedClock
from tests.machine.crashing import (
    CrashingDatabase,
    CrashingGateway,
    CrashingPayments,
    CrashingRefunds,
    Fuse,
)
from tests.machine.stripe_side import StripeSide
from tests.paying import Till

_HEADERS = {
    "invoices": "invoice_number,customer_id,issue_date,currency,version,total,status,applies_to",
    "payments": "payment_id,customer_id,date,amount,currency,method,reference,invoice_number",
    "customers": "customer_id,name,invoice_emails,payment_links_enabled",
}
_MOST_TURNS = 500
_ROUNDS = 3  # of half an hour: longer than anything waits before it is tried again


@dataclass
class Shop:
    """`database` never crashes: tests look at the books through it."""

    database: Database
    desk: Desk
    stripe: StripeSide
    clock: StoppedClock
    folder: Path
    fuse: Fuse
    _files: int = field(default=0)

    @classmethod
    def open(cls, room: Room, folder: Path, stripe: StripeSide) -> "Shop":
        fuse, database = Fuse(), room.desk.database
        room.clock.instant = NOW  # an example knows nothing of the one before
        stripe.clock = room.clock
        fused = CrashingGateway(stripe.gateway, fuse)
        ports = replace(
            room.desk.gateway,
            checkouts=fused,
            payments=CrashingPayments(MemoryPayments(stripe.gateway), fuse),
            history=fused,
            refunds=CrashingRefunds(stripe, fuse),
            disputes=stripe.disputes,
        )
        desk = replace(room.desk, gateway=ports, database=CrashingDatabase(database, fuse))
        with database.writing() as session:
            add_customer(session)
        return cls(database, desk, stripe, room.clock, folder, fuse)

    def written(self) -> int:
        """How many statements that may have written something there were."""
        return _writes(self.database.engine).count

    @property
    def till(self) -> Till:
        return Till(self.desk, self.stripe.gateway)

    def bring(self, kind: str, *cells: object) -> None:
        """Import a file of one row; a refusal is nothing that money minds."""
        self._files += 1
        path = self.folder / f"{kind}-{self._files}.csv"
        row = ",".join("" if cell is None else str(cell) for cell in cells)
        path.write_text(f"{_HEADERS[kind]}\n{row}\n", encoding="utf-8")
        import_files(IMPORTER, self.desk, paths=[path])

    def credits(self) -> tuple[str, ...]:
        """All that the customer has to their credit, by the names that forms use."""
        with self.database.reading() as session:
            own = open_items.account(session, "C1").in_currency("USD")
            return tuple(credit_effect.amounts(own))

    def deliver(self, event: ReceivedEvent) -> None:
        events.store_event(self.desk, event)

    def handle(self) -> bool:
        return events.handle_next(SETTLER, self.desk)

    def handle_all(self) -> None:
        turns = 0
        while self.handle() and turns < _MOST_TURNS:
            turns += 1

    def make_refunds(self) -> None:
        turns = 0
        while carry_out_next(SETTLER, self.desk) and turns < _MOST_TURNS:
            turns += 1

    def look_after(self) -> None:
        """What the clock does every few minutes."""
        chores.reconcile(SETTLER, self.desk, limit=100)
        chores.expire_superseded(SETTLER, self.desk)
        approvals.expire_overdue(HOUSEKEEPER, self.desk)

    def come_to_rest(self) -> None:
        """Faults off, everything told, until nothing is left that can be done."""
        self.fuse.left, self.stripe.refunds.forget_answers = None, 0
        self.clock.advance(minutes=6)  # leases of whoever died are over
        for _ in range(_ROUNDS):
            self.make_refunds()
            history.catch_up(SETTLER, self.desk)
            self.handle_all()
            with suppress(PayError):
                self.look_after()
            self.clock.advance(minutes=31)

    def told_again(self) -> None:
        """Every event there ever was once more, the last first, as if nobody had known it."""
        for told in reversed(list(self.stripe.gateway.events)):
            self.deliver(replace(told, id=f"{told.id}_again"))
        self.handle_all()


@dataclass
class _Writes:
    count: int = 0


@cache  # engines live as long as the process
def _writes(engine: Engine) -> _Writes:
    writes = _Writes()

    @event.listens_for(engine, "before_cursor_execute")
    def notice(*said: Any) -> None:
        writes.count += not said[2].startswith(("SELECT", "BEGIN"))

    return writes

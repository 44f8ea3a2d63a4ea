"""The real services over a gateway in memory, with everything that can happen to them."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from commands.access import IMPORTER, SETTLER
from commands.desk import Desk
from commands.errors import PayError
from commands.import_files.service import import_files
from commands.ports import GatewayPayment, ReceivedEvent
from commands.take_payment import chores, events, history
from storage.database import Database
from tests.builders import NOW, add_customer
from tests.conftest import Room
from tests.fakes import MemoryGateway, MemoryPayments, StoppedClock
from tests.machine.crashing import CrashingDatabase, CrashingGateway, CrashingPayments, Fuse
from tests.paying import Till

_HEADERS = {
    "invoices": "invoice_number,customer_id,issue_date,currency,version,total,status,applies_to",
    "payments": "payment_id,customer_id,date,amount,currency,method,reference,invoice_number",
    "customers": "customer_id,name,invoice_emails,payment_links_enabled",
}
_MOST_TURNS = 500


@dataclass
class Shop:
    """`database` never crashes: tests look at the books through it."""

    database: Database
    desk: Desk
    gateway: MemoryGateway
    clock: StoppedClock
    folder: Path
    fuse: Fuse
    _files: int = field(default=0)

    @classmethod
    def open(cls, room: Room, folder: Path, gateway: MemoryGateway) -> "Shop":
        fuse, database = Fuse(), room.desk.database
        room.clock.instant = NOW  # an example knows nothing of the one before
        fused = CrashingGateway(gateway, fuse)
        ports = replace(
            room.desk.gateway,
            checkouts=fused,
            payments=CrashingPayments(MemoryPayments(gateway), fuse),
            history=fused,
        )
        desk = replace(room.desk, gateway=ports, database=CrashingDatabase(database, fuse))
        with database.writing() as session:
            add_customer(session)
        return cls(database, desk, gateway, room.clock, folder, fuse)

    @property
    def till(self) -> Till:
        return Till(self.desk, self.gateway)

    def bring(self, kind: str, *cells: object) -> None:
        """Import a file of one row; a refusal is nothing that money minds."""
        self._files += 1
        path = self.folder / f"{kind}-{self._files}.csv"
        row = ",".join("" if cell is None else str(cell) for cell in cells)
        path.write_text(f"{_HEADERS[kind]}\n{row}\n", encoding="utf-8")
        import_files(IMPORTER, self.desk, paths=[path])

    # -- the gateway's side ---------------------------------------------------------------------

    def open_sessions(self) -> list[str]:
        return [s.id for s in self.gateway.sessions.values() if s.status == "open"]

    def debits_under_way(self) -> list[str]:
        sessions = self.gateway.sessions.values()
        return [s.id for s in sessions if s.payment and s.payment.status == "processing"]

    def pay(self, session_id: str, *, by_debit: bool) -> None:
        status = "processing" if by_debit else "succeeded"
        done = self.gateway.complete(session_id, status=status)
        assert done.payment is not None
        self._tell("checkout.session.completed", session_id)
        self._tell(f"payment_intent.{status}", done.payment.id)

    def end_debit(self, session_id: str, *, settled: bool) -> None:
        status = "succeeded" if settled else "failed"
        done = self.gateway.complete(session_id, status=status)
        assert done.payment is not None
        word = "succeeded" if settled else "failed"
        self._tell(f"checkout.session.async_payment_{word}", session_id)
        kind = "succeeded" if settled else "payment_failed"
        self._tell(f"payment_intent.{kind}", done.payment.id)

    def expire(self, session_id: str) -> None:
        self.gateway.expire(session_id)
        self._tell("checkout.session.expired", session_id)

    def _tell(self, kind: str, object_id: str) -> None:
        number = len(self.gateway.events) + 1
        instant = self.clock.real()
        self.gateway.events.append(
            ReceivedEvent(f"evt_{number}", kind, object_id, False, {}, created=instant)
        )

    def captured(self) -> dict[str, GatewayPayment]:
        """Payments that are money at the gateway."""
        made = [s.payment for s in self.gateway.sessions.values() if s.payment]
        return {payment.id: payment for payment in made if payment.status == "succeeded"}

    # -- our side -------------------------------------------------------------------------------

    def deliver(self, event: ReceivedEvent) -> None:
        events.store_event(self.desk, event)

    def handle(self) -> bool:
        return events.handle_next(SETTLER, self.desk)

    def look_after(self) -> None:
        """What the clock does every few minutes."""
        chores.reconcile(SETTLER, self.desk, limit=100)
        chores.expire_superseded(SETTLER, self.desk)

    def come_to_rest(self) -> None:
        """Faults off, everything told, until nothing is left that can be done."""
        self.fuse.left = None
        self.clock.advance(minutes=6)  # leases of whoever died are over
        history.catch_up(SETTLER, self.desk)
        turns = 0
        while self.handle() and turns < _MOST_TURNS:
            turns += 1
        with suppress(PayError):
            self.look_after()

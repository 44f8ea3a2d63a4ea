"""Mails that are sent together, for tests: one invoice to each of some customers."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from commands import outbox
from commands.access import BATCHER, DELIVERER
from commands.batches import service
from commands.batches.service import BatchOrder
from commands.batches.telling import tell
from commands.deliver.service import deliver_next
from commands.desk import Desk
from commands.outbox import InvoiceMail
from storage import batches, deliveries
from storage.batches import Batch
from storage.deliveries import Delivery
from tests.builders import SALLY, add_customer, add_invoice
from tests.conftest import Room

ID = "b-1"
HOLD = timedelta(seconds=120)


@dataclass
class Crowd:
    """A batch of Sally's, held for two minutes."""

    room: Room

    @property
    def desk(self) -> Desk:
        return self.room.desk

    def begin(self, total: int) -> None:
        leaves_at = self.desk.clock.now() + HOLD
        order = BatchOrder(ID, "statements", "run-1", "Three mails", total, leaves_at, SALLY.id)
        with self.desk.database.writing() as session:
            service.begin(session, SALLY, self.desk, order)

    def queue(self, *numbers: int) -> None:
        with self.desk.database.writing() as session:
            for number in numbers:
                self._queue(session, number)

    def seal(self, total: int | None = None) -> None:
        with self.desk.database.writing() as session:
            service.seal(session, ID, total=total)

    def fill(self, count: int = 3) -> None:
        self.begin(count)
        self.queue(*range(count))
        self.seal()

    def wait(self) -> None:
        """Until nothing holds it any more."""
        self.room.clock.advance(seconds=HOLD.total_seconds())

    def deliver(self, kind: deliveries.DeliveryKind, most: int = 100) -> int:
        turns = (
            deliver_next(DELIVERER, self.desk, self.room.carriers, kinds=[kind])
            for _ in range(most)
        )
        return sum(iter(lambda: next(turns, False), False))

    def tell(self) -> int:
        return tell(BATCHER, self.desk)

    def finish(self) -> None:
        """What the worker and the clock do until nothing is left."""
        while self.deliver("email") + self.tell() + self.deliver("slack"):
            pass

    def row(self) -> Batch:
        with self.desk.database.reading() as session:
            found = batches.find(session, ID)
            assert found is not None
            return found

    def mails(self) -> list[Delivery]:
        with self.desk.database.reading() as session:
            own = select(Delivery).where(Delivery.batch_id == ID)
            return list(session.exec(own.order_by(col(Delivery.id))))

    def statuses(self) -> list[str]:
        return [mail.status for mail in self.mails()]

    def texts(self) -> list[str]:
        """What was posted, then what it was edited to, in order."""
        return [post.text for post in self.room.announcer.posts]

    def _queue(self, session: Session, number: int) -> None:
        own, invoice = f"C{number}", f"INV-{number}"
        add_customer(session, own, name=f"Florist {number}", emails=(f"ap{number}@iris.test",))
        add_invoice(session, invoice, customer_id=own)
        to = [f"ap{number}@iris.test"]
        mail = InvoiceMail(f"m-{number}", invoice, own, None, to, SALLY.id)
        now, domain = self.desk.clock.now(), "bloom.test"
        leaves_at = self.row_in(session).leaves_at
        row, _ = outbox.queue_invoice_mail(
            session, mail, now=now, not_before=leaves_at, domain=domain
        )
        row.batch_id = ID
        session.add(row)
        session.flush()

    def row_in(self, session: Session) -> Batch:
        return session.get_one(Batch, ID)


@pytest.fixture
def crowd(room: Room) -> Crowd:
    return Crowd(room)

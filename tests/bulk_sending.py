"""Sends of payment links to many customers, for tests."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlmodel import col, select

from commands.access import BATCHER, DELIVERER, Actor
from commands.approvals import service as approvals_service
from commands.batches.telling import tell
from commands.bulk_send import service
from commands.bulk_send.answers import PolicyAnswer, Requested
from commands.bulk_send.order import BulkMail, BulkOrder
from commands.bulk_send.preparing import prepare_next
from commands.deliver.service import deliver_next
from commands.desk import Desk
from storage import approvals, batches, payment_links
from storage.approvals import Approval
from storage.audit import AuditEntry
from storage.batches import Batch, BatchSkip
from storage.customers import Customer
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from tests.builders import add_customer, add_invoice
from tests.conftest import Room

ID = "bulk-1"


@dataclass
class Sends:
    """Florist n (Cn) owes INV-n0 over USD 100.00 and INV-n1 over USD 50.00."""

    room: Room
    desk: Desk

    def add(self, *numbers: int, currency: str = "USD") -> None:
        with self.desk.database.writing() as session:
            for n in numbers:
                to = (f"ap{n}@florist{n}.test",)
                add_customer(session, f"C{n}", name=f"Florist {n}", emails=to, currency=currency)
                own = {"customer_id": f"C{n}", "currency": currency}
                add_invoice(session, f"INV-{n}0", total=10000, **own)
                add_invoice(session, f"INV-{n}1", total=5000, **own)

    def mail(self, n: int, **own: object) -> BulkMail:
        made = BulkMail(f"C{n}", "USD", (f"INV-{n}0", f"INV-{n}1"), (f"ap{n}@florist{n}.test",))
        return replace(made, **own)  # type: ignore[arg-type]  # overrides by name

    def order(self, *numbers: int, **own: object) -> BulkOrder:
        made = BulkOrder(ID, tuple(self.mail(n) for n in numbers), attach_pdfs=False)
        return replace(made, **own)  # type: ignore[arg-type]  # overrides by name

    def answer(self, actor: Actor, *numbers: int, **own: object) -> PolicyAnswer:
        return service.policy_answer(actor, self.desk, order=self.order(*numbers, **own))

    def request(self, actor: Actor, *numbers: int, **own: object) -> Requested:
        return service.request(actor, self.desk, order=self.order(*numbers, **own))

    def approve(self, actor: Actor, seen: str = "") -> Approval:
        row = self.approval()
        hashed = row.content_hash
        return approvals_service.approve(
            actor, self.desk, approval_id=row.id, content_hash=hashed, seen=seen
        )

    def approval(self, request_id: str = ID) -> Approval:
        with self.desk.database.reading() as session:
            found = approvals.find(session, request_id)
            assert found is not None
            return found

    def rule(self, **own: object) -> None:
        """Other settings from here on."""
        policy = replace(self.desk.policy, **own)  # type: ignore[arg-type]  # overrides by name
        self.desk = replace(self.desk, policy=policy)

    def change(self, row: type[Invoice] | type[Customer], key: str, **own: object) -> None:
        with self.desk.database.writing() as session:
            found = session.get_one(row, key)
            for name, value in own.items():
                setattr(found, name, value)
            session.add(found)

    def prepare(self) -> None:
        while prepare_next(BATCHER, self.desk):
            pass

    def work(self) -> None:
        """What worker and clock do until nothing is left that is due."""
        self.prepare()
        while self._turn() or tell(BATCHER, self.desk):
            pass

    def send(self) -> None:
        """The same once the hold is over."""
        self.work()
        self.room.clock.advance(seconds=self.desk.policy.bulk_hold_seconds + 1)
        self.work()

    def letters(self) -> list[EmailMessage]:
        """What left, in order."""
        return [_read(envelope.message) for envelope in self.room.mailer.sent]

    def mails(self) -> list[Delivery]:
        with self.desk.database.reading() as session:
            own = select(Delivery).where(Delivery.purpose == "bulk")
            return list(session.exec(own.order_by(col(Delivery.id))))

    def links(self, kind: str = "bulk") -> list[PaymentLink]:
        with self.desk.database.reading() as session:
            own = select(PaymentLink).where(PaymentLink.kind == kind)
            return list(session.exec(own.order_by(PaymentLink.customer_id)))

    def covered(self, link: PaymentLink) -> list[str]:
        with self.desk.database.reading() as session:
            return [row.number for row in payment_links.invoices_of(session, link.id)]

    def skips(self) -> list[BatchSkip]:
        with self.desk.database.reading() as session:
            return [row for row, _ in batches.skips(session, ID, limit=99)]

    def batch(self) -> Batch:
        with self.desk.database.reading() as session:
            found = batches.find(session, ID)
            assert found is not None
            return found

    def audited(self, action: str) -> list[AuditEntry]:
        with self.desk.database.reading() as session:
            own = select(AuditEntry).where(AuditEntry.action == action)
            return list(session.exec(own.order_by(col(AuditEntry.id))))

    def posts(self) -> list[str]:
        return [str(post.blocks) for post in self.room.announcer.posts]

    def _turn(self) -> bool:
        return deliver_next(DELIVERER, self.desk, self.room.carriers)


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def pdfs(letter: EmailMessage) -> list[bytes]:
    return [part.get_content() for part in letter.iter_attachments()]


def addresses(letters: Iterable[EmailMessage]) -> list[str]:
    return [str(letter["To"]) for letter in letters]


def _read(message: bytes) -> EmailMessage:
    read = message_from_bytes(message, policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


@pytest.fixture
def sends(room: Room) -> Sends:
    made = Sends(room, room.desk)
    made.add(1, 2, 3)
    return made

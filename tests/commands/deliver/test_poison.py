"""Rows that cannot be composed: they end with a reason and a reference and block nobody."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlmodel import select

from commands.deliver.service import deliver_next
from commands.errors import NotPermitted, RenderFailed
from commands.ports import MailEnvelope, RecipientOutcome
from storage import deliveries
from storage.audit import AuditEntry
from storage.deliveries import Delivery
from tests.builders import ANNA, NOW
from tests.commands.deliver.posting import drain, queue_mail, row
from tests.conftest import Room
from tests.fakes import PlainPdfs, RecordingMailer


@dataclass
class BrokenPdfs(PlainPdfs):
    error: Exception

    def render(self, html: str, *, title: str) -> bytes:
        raise self.error


def test_a_mail_about_nothing_fails_with_a_reason(room: Room) -> None:
    with room.desk.database.writing() as session:
        poison = Delivery(
            key="invoice-mail:poison",
            kind="email",
            purpose="invoice",
            payload={"message": ""},
            message_id="<poison@bloom.test>",
            created_by="system",
            created_at=NOW,
            not_before=NOW,
        )
        deliveries.add(session, poison, ["ap@iris.test"])
    mail = queue_mail(room)
    drain(room)
    assert row(room.desk.database, 1).status == "failed"
    assert row(room.desk.database, 1).error == "The mail is about no document."
    assert row(room.desk.database, mail).status == "sent"


def test_an_unexpected_error_ends_the_row_with_a_reference(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.desk = replace(room.desk, pdfs=BrokenPdfs(ZeroDivisionError("a bug")))
    mail = queue_mail(room)
    drain(room)
    left = row(room.desk.database, mail)
    assert (left.status, left.attempts) == ("failed", 1)
    assert "Reference R-" in (left.error or "")
    broke = next(record for record in caplog.records if record.levelname == "ERROR")
    assert broke.__dict__["reference"] in (left.error or "")
    assert "Reference R-" in str(room.announcer.updates[-1][1].blocks)


def test_a_document_that_does_not_render_is_tried_a_few_times(room: Room) -> None:
    room.desk = replace(room.desk, pdfs=BrokenPdfs(RenderFailed("The PDF took too long.")))
    mail = queue_mail(room)
    for _ in range(10):
        drain(room)
        room.clock.advance(minutes=2)
    left = row(room.desk.database, mail)
    assert (left.status, left.attempts, left.error) == ("failed", 5, "The PDF took too long.")


@dataclass
class BuggyMailer(RecordingMailer):
    """Breaks after the server was given the message."""

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        super().send(envelope, before_data)
        raise ZeroDivisionError("a bug")


def test_an_unexpected_error_after_data_leaves_the_outcome_open(room: Room) -> None:
    room.mailer = BuggyMailer()
    mail = queue_mail(room)
    drain(room)
    room.clock.advance(minutes=10)
    drain(room)
    assert row(room.desk.database, mail).status == "unknown"


def test_only_the_delivery_job_may_deliver(room: Room) -> None:
    with pytest.raises(NotPermitted):
        deliver_next(ANNA, room.desk, room.carriers)


def test_what_became_of_a_mail_is_in_the_audit(room: Room) -> None:
    queue_mail(room)
    drain(room)
    with room.desk.database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "deliver"))
        (entry,) = list(entries)
    assert (entry.actor, entry.outcome) == ("system:deliver", "ok")
    assert entry.detail == {"status": "sent", "tries": 1}

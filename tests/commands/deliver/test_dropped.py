"""A mail that nobody asked for is dropped once it is not right any more; a person's never is."""

from dataclasses import replace

import pytest

from storage import invoices
from tests.commands.deliver.posting import (
    body,
    by_purpose,
    drain,
    outcomes,
    parsed,
    queue_mail,
    row,
)
from tests.conftest import Room


def correct(room: Room, **changes: object) -> None:
    """INV-1042 changes behind the mail's back."""
    with room.desk.database.writing() as session:
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        for name, value in changes.items():
            setattr(invoice, name, value)
        session.add(invoice)


def automatic(room: Room, *recipients: str) -> int:
    return queue_mail(room, *recipients, card=False, mail_mode="live", sender="system:automatic")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 2}, "version 2 has replaced version 1"),
        ({"lifecycle": "void"}, "it is void by now"),
    ],
)
def test_what_is_overtaken_is_dropped_with_the_reason(
    room: Room, changes: dict[str, object], reason: str
) -> None:
    mail = automatic(room)
    correct(room, **changes)
    drain(room)
    dropped = row(room.desk.database, mail)
    assert (dropped.status, dropped.error) == ("cancelled", reason)
    assert room.mailer.sent == []
    (notice,) = by_purpose(room.desk.database, "notice")  # no report of an import tells it
    assert f"INV-1042 to ap@iris.test was not sent: {reason}" in notice.payload["text"]


@pytest.mark.parametrize("changes", [{"version": 2}, {"lifecycle": "void"}])
def test_what_a_person_sent_leaves_as_things_are(room: Room, changes: dict[str, object]) -> None:
    mail = queue_mail(room)
    correct(room, **changes)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert row(room.desk.database, mail).payload["version"] == changes.get("version", 1)


def test_it_waits_out_a_hold_and_leaves(room: Room) -> None:
    mail = automatic(room)
    live = room.desk
    room.desk = replace(live, policy=replace(live.policy, mail_mode="hold"))
    drain(room)
    room.desk = live
    drain(room)
    assert row(live.database, mail).status == "sent"


def test_who_has_the_old_version_is_not_said_to_have_nothing(room: Room) -> None:
    mail = automatic(room, "ap@iris.test", "late@iris.test")
    room.mailer.answers = {"late@iris.test": (451, "later")}
    drain(room)
    correct(room, version=2)
    room.mailer.answers = {}
    room.clock.advance(hours=1)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert outcomes(room.desk.database, mail) == {
        "ap@iris.test": "sent",
        "late@iris.test": "refused",
    }
    assert len(room.mailer.sent) == 1


def test_a_mail_of_before_versions_were_kept_counts_as_an_earlier_one(room: Room) -> None:
    mail = queue_mail(room)
    drain(room)
    with room.desk.database.writing() as session:
        old = session.get_one(type(row(room.desk.database, mail)), mail)
        old.payload = {name: v for name, v in old.payload.items() if name != "version"}
        session.add(old)
    correct(room, version=2)
    queue_mail(room, mail_id="draft-2")
    drain(room)
    assert str(parsed(room.mailer.sent[1])["Subject"]).startswith("Corrected invoice INV-1042")
    assert "It replaces the one you have." in body(parsed(room.mailer.sent[1]), "plain")

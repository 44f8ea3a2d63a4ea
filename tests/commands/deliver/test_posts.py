from datetime import timedelta

import pytest

from commands import outbox
from commands.access import DELIVERER
from commands.deliver.claim import claim_next
from commands.errors import Refused, SlackUnavailable
from commands.ports import SlackOutcomeUnknown
from storage import deliveries
from storage.deliveries import DeliveryKind
from storage.payments import Payment
from tests.builders import NOW, SALLY
from tests.commands.deliver.posting import by_purpose, drain, queue_mail, queue_notice, row, turn
from tests.conftest import Room

SLACK: tuple[DeliveryKind, ...] = ("slack",)
BUSY = SlackUnavailable("Slack asks us to wait.", retry_after=30)
DOWN = SlackUnavailable("Slack cannot be reached.")


def keys(room: Room) -> list[str]:
    return [post.key for post in room.announcer.posts]


def test_posts_of_one_channel_keep_their_order(room: Room) -> None:
    for key in ("a", "b", "c"):
        queue_notice(room, key)
    room.announcer.faults = [DOWN]
    drain(room)
    assert keys(room) == []
    room.clock.advance(seconds=10)
    drain(room)
    assert keys(room) == ["notice:a", "notice:b", "notice:c"]


def test_another_channel_does_not_wait(room: Room) -> None:
    queue_notice(room, "a", "#payments")
    queue_notice(room, "b", "#sales")
    room.announcer.faults = [BUSY]
    drain(room)
    assert keys(room) == ["notice:b"]


def test_while_the_head_of_a_channel_is_in_work_the_next_waits(room: Room) -> None:
    queue_notice(room, "a")
    queue_notice(room, "b")
    assert claim_next(DELIVERER, room.desk, SLACK) is not None
    assert claim_next(DELIVERER, room.desk, SLACK) is None


def test_slack_is_given_the_time_it_asks_for(room: Room) -> None:
    queue_notice(room, "a")
    room.announcer.faults = [BUSY]
    drain(room)
    room.clock.advance(seconds=29)
    assert not turn(room)
    room.clock.advance(seconds=1)
    drain(room)
    assert keys(room) == ["notice:a"]


def test_a_post_gives_up_after_half_an_hour_so_that_it_cannot_block(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    queue_notice(room, "a")
    queue_notice(room, "b")
    start = room.clock.instant
    while by_purpose(room.desk.database, "notice")[0].status != "failed":
        room.announcer.faults = [DOWN]
        turn(room)
        room.clock.advance(seconds=60)
    assert timedelta(minutes=25) < room.clock.instant - start <= timedelta(minutes=32)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    room.announcer.faults = []
    drain(room)
    assert keys(room) == ["notice:b"]


def test_a_lost_answer_is_tried_once_more(room: Room) -> None:
    queue_notice(room, "a")
    room.announcer.faults = [SlackOutcomeUnknown(), SlackOutcomeUnknown()]
    drain(room)
    room.clock.advance(minutes=1)
    drain(room)
    room.clock.advance(hours=1)
    drain(room)
    (notice,) = by_purpose(room.desk.database, "notice")
    assert (notice.status, notice.attempts) == ("unknown", 2)


def test_a_refused_post_fails_with_the_mend(room: Room) -> None:
    queue_notice(room, "a")
    room.announcer.faults = [Refused("Invite the bot to #payments.")]
    drain(room)
    (notice,) = by_purpose(room.desk.database, "notice")
    assert (notice.status, notice.error) == ("failed", "Invite the bot to #payments.")


def test_an_edit_waits_for_its_card_and_changes_that_message(room: Room) -> None:
    mail = queue_mail(room)
    with room.desk.database.writing() as session:
        found = deliveries.find(session, mail)
        assert found is not None
        outbox.queue_card_edits(session, found, change="something", now=NOW)
    assert turn(room, kinds=SLACK)
    assert keys(room) == [f"card:{mail}:{SALLY.id}"]
    assert turn(room, kinds=SLACK)
    (card,) = by_purpose(room.desk.database, "card")
    ((ts, edit),) = room.announcer.updates
    assert (ts, edit.channel) == (card.ts, f"D{SALLY.id}")


def test_an_edit_whose_card_failed_fails_with_a_reason(room: Room) -> None:
    queue_mail(room)
    room.announcer.faults = [Refused("Slack does not know U0SALLY.")]
    drain(room)
    (edit,) = by_purpose(room.desk.database, "card_edit")
    assert edit.status == "failed"
    assert edit.error == "The message that it belongs to was not posted."


def test_a_lost_answer_to_an_edit_is_no_ambiguity(room: Room) -> None:
    queue_mail(room)
    turn(room, kinds=("email",))
    turn(room, kinds=SLACK)
    room.announcer.faults = [SlackOutcomeUnknown()]
    drain(room)
    (edit,) = by_purpose(room.desk.database, "card_edit")
    assert (edit.status, edit.ambiguous) == ("queued", 0)
    room.clock.advance(seconds=10)
    drain(room)
    assert by_purpose(room.desk.database, "card_edit")[0].status == "sent"


def test_a_thread_note_is_a_reply_to_the_card(room: Room) -> None:
    mail = queue_mail(room, link=False)
    with room.desk.database.writing() as session:
        found = deliveries.find(session, mail)
        assert found is not None
        payload = {"payment": "pi_1", "event": "paid"}
        session.add(a_payment())
        outbox.queue_thread_notes(session, found, change="paid", payload=payload, now=NOW)
    drain(room)
    (card,) = by_purpose(room.desk.database, "card")
    (note,) = [post for post in room.announcer.posts if post.thread_ts]
    assert (note.channel, note.thread_ts) == (card.channel, card.ts)
    assert "125.00" in note.text


def test_a_confirmation_names_what_was_paid(room: Room) -> None:
    queue_mail(room, link=False, card=False)
    with room.desk.database.writing() as session:
        session.add(a_payment())
        outbox.queue_confirmation(
            session, payment_id="pi_1", event="paid", channel="#payments", now=NOW
        )
    drain(room)
    (post,) = room.announcer.posts
    assert "Blue Iris Florist" in post.text
    assert "125.00" in post.text


def test_a_post_about_something_that_is_gone_fails_and_blocks_nobody(room: Room) -> None:
    with room.desk.database.writing() as session:
        outbox.queue_confirmation(
            session, payment_id="pi_gone", event="paid", channel="#payments", now=NOW
        )
    queue_notice(room, "a")
    drain(room)
    (lost,) = by_purpose(room.desk.database, "confirmation")
    assert (lost.status, lost.error) == ("failed", "The payment is gone.")
    assert keys(room) == ["notice:a"]


def test_the_card_of_an_undone_mail_says_so(room: Room) -> None:
    mail = queue_mail(room)
    with room.desk.database.writing() as session:
        found = deliveries.find(session, mail)
        assert found is not None
        found.status = "cancelled"
        session.add(found)
    drain(room)
    assert room.mailer.sent == []
    assert row(room.desk.database, mail).status == "cancelled"
    assert "Undone" in room.announcer.posts[0].text or "not sent" in room.announcer.posts[0].text


def a_payment() -> Payment:
    return Payment(
        id="pi_1",
        customer_id="C1",
        currency="USD",
        amount=12500,
        status="succeeded",
        source="gateway",
        method="card",
        method_detail="Visa ending in 4242",
        received_on=NOW.date(),
        recorded_at=NOW,
    )

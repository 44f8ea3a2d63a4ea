"""Mails that are sent together: told in one message, stopped, undone, tried again."""

import pytest

from commands.batches import service
from commands.errors import NotFound, NotPermitted, Refused, TooLate
from storage import deliveries
from storage.batches import BatchSkip
from tests.batching import ID, Crowd
from tests.builders import ALEX, MARA, SALLY


def test_it_is_told_in_one_message_from_the_hold_to_the_end(crowd: Crowd) -> None:
    crowd.fill()
    crowd.finish()
    assert crowd.row().status == "waiting"
    crowd.wait()
    crowd.finish()
    assert crowd.row().status == "done"
    posts = [p for p in crowd.room.announcer.posts if p.thread_ts is None]
    assert [p.text for p in posts] == ["Three mails: 0 %, 0 sent, 3 to go"]
    assert crowd.room.announcer.updates[-1][1].text == "Three mails: 100 %, 3 sent"


def test_the_report_comes_once_in_the_thread(crowd: Crowd) -> None:
    crowd.fill()
    crowd.wait()
    crowd.finish()
    crowd.finish()
    [report] = [p for p in crowd.room.announcer.posts if p.thread_ts]
    assert report.text == "Over: Three mails. 100 %, 3 sent"


def test_it_is_edited_at_most_every_three_seconds_and_always_at_last(crowd: Crowd) -> None:
    crowd.fill(6)
    crowd.wait()
    crowd.deliver("slack")
    for _ in range(6):
        crowd.deliver("email", 1)
        crowd.tell()
        crowd.deliver("slack")
        crowd.room.clock.advance(seconds=1)
    told = [post.text for _, post in crowd.room.announcer.updates]
    assert told[-1] == "Three mails: 100 %, 6 sent"
    assert len(told) <= 4


def test_it_is_over_only_once_everything_is_queued(crowd: Crowd) -> None:
    crowd.begin(2)
    crowd.queue(0)
    crowd.wait()
    crowd.finish()
    assert crowd.row().status == "sending"
    crowd.queue(1)
    crowd.seal(2)
    crowd.finish()
    assert crowd.row().status == "done"


def test_nothing_is_undone_without_its_message_saying_so(crowd: Crowd) -> None:
    crowd.fill()
    crowd.deliver("slack")
    crowd.room.clock.advance(seconds=5)
    service.undo(SALLY, crowd.desk, batch_id=ID)
    crowd.finish()
    crowd.wait()
    crowd.finish()
    assert crowd.statuses() == ["cancelled"] * 3
    assert crowd.room.mailer.sent == []
    assert "Undone" in str(crowd.room.announcer.updates[-1][1].blocks)


def test_one_customer_is_undone_and_the_others_go(crowd: Crowd) -> None:
    crowd.fill()
    assert service.undo_customer(SALLY, crowd.desk, batch_id=ID, customer_id="C1") == "Florist 1"
    crowd.wait()
    crowd.finish()
    assert crowd.statuses() == ["sent", "cancelled", "sent"]
    assert crowd.row().status == "partial"
    with pytest.raises((NotFound, TooLate)):
        service.undo_customer(SALLY, crowd.desk, batch_id=ID, customer_id="C9")


def test_what_is_leaving_cannot_be_undone_but_stopped(crowd: Crowd) -> None:
    crowd.fill()
    crowd.wait()
    crowd.deliver("email", 1)
    with pytest.raises(TooLate):
        service.undo(SALLY, crowd.desk, batch_id=ID)
    service.stop(SALLY, crowd.desk, batch_id=ID)
    crowd.finish()
    assert crowd.statuses() == ["sent", "cancelled", "cancelled"]
    assert (crowd.row().status, crowd.mails()[1].error) == ("stopped", "Stopped by Sally Sales.")


def test_what_waits_to_be_tried_again_is_stopped_too(crowd: Crowd) -> None:
    crowd.room.mailer.answers = {"ap1@iris.test": (451, "later")}
    crowd.fill()
    crowd.wait()
    crowd.finish()
    assert crowd.statuses() == ["sent", "queued", "sent"]
    service.stop(SALLY, crowd.desk, batch_id=ID)
    crowd.finish()
    assert crowd.statuses() == ["sent", "cancelled", "sent"]
    assert crowd.row().status == "stopped"


def test_no_worker_sends_what_was_stopped_a_moment_ago(crowd: Crowd) -> None:
    crowd.fill()
    crowd.wait()
    service.stop(SALLY, crowd.desk, batch_id=ID)
    crowd.deliver("email")
    assert crowd.statuses() == ["cancelled"] * 3


def test_a_colleague_may_not_stop_it_and_a_manager_may(crowd: Crowd) -> None:
    crowd.fill()
    with pytest.raises(NotPermitted):
        service.stop(ALEX, crowd.desk, batch_id=ID)
    assert service.stop(MARA, crowd.desk, batch_id=ID).ended_by == MARA.id


def test_what_failed_is_tried_again_and_nobody_gets_two(crowd: Crowd) -> None:
    crowd.room.mailer.answers = {"ap1@iris.test": (550, "no such box")}
    crowd.fill()
    crowd.wait()
    crowd.finish()
    assert (crowd.statuses(), crowd.row().status) == (["sent", "failed", "sent"], "partial")
    assert "no such box" in str(crowd.room.announcer.posts[-1].blocks)
    crowd.room.mailer.answers = {}
    assert service.retry_failed(SALLY, crowd.desk, batch_id=ID) == 1
    crowd.room.clock.advance(seconds=5)
    crowd.finish()
    assert (crowd.statuses(), crowd.row().status) == (["sent"] * 3, "done")
    got = [to for envelope in crowd.room.mailer.sent for to in envelope.recipients]
    assert sorted(got) == ["ap0@iris.test", "ap1@iris.test", "ap2@iris.test"]
    with pytest.raises(Refused, match="nothing failed"):
        service.retry_failed(SALLY, crowd.desk, batch_id=ID)


def test_what_is_not_sent_is_named_with_its_reason(crowd: Crowd) -> None:
    crowd.begin(2)
    crowd.queue(0)
    why = BatchSkip(batch_id=ID, key="C0:EUR", customer_id="C0", reason="no address on file")
    for _ in range(2):
        with crowd.desk.database.writing() as session:
            service.skip(session, [BatchSkip(**why.model_dump())])
    crowd.seal()
    crowd.wait()
    crowd.finish()
    assert crowd.row().status == "partial"
    report = crowd.room.announcer.posts[-1]
    assert report.text == "Over: Three mails. 100 %, 1 sent, 1 not sent"
    assert "no address on file" in str(report.blocks)


def test_what_one_person_sends_does_not_wait_behind_it(crowd: Crowd) -> None:
    crowd.fill(2)
    crowd.wait()
    crowd.room.clock.advance(seconds=1)
    with crowd.desk.database.writing() as session:
        mail = crowd.mails()[0]
        session.add(type(mail)(**mail.model_dump(exclude={"id"}) | {"key": "k", "batch_id": None}))
    crowd.deliver("email", 1)
    with crowd.desk.database.reading() as session:
        alone = deliveries.find_by_key(session, "k")
    assert alone is not None
    assert alone.attempts == 1
    assert crowd.statuses() == ["queued", "queued"]

"""Workers that vanish in the middle of a bulk send: every mail leaves, and none is lost."""

from commands.access import BATCHER, DELIVERER
from commands.batches import service as batches
from commands.bulk_send.preparing import prepare_next
from commands.deliver.claim import claim_next
from commands.deliver.mail import deliver_mail
from tests.builders import MARA
from tests.bulk_sending import Sends, addresses


def test_a_worker_that_vanishes_before_a_mail_left_loses_nothing(sends: Sends) -> None:
    sends.request(MARA, 1, 2, 3)
    sends.prepare()
    sends.room.clock.advance(seconds=sends.desk.policy.bulk_hold_seconds + 1)
    assert claim_next(DELIVERER, sends.desk, ["email"]) is not None
    sends.work()
    assert len(sends.letters()) == 2
    assert sends.batch().status == "sending"
    sends.room.clock.advance(minutes=6)
    sends.work()
    assert sorted(addresses(sends.letters())) == [f"ap{n}@florist{n}.test" for n in (1, 2, 3)]
    assert sends.batch().status == "done"


def test_a_worker_that_vanishes_while_a_mail_leaves_sends_it_once_more_at_most(
    sends: Sends,
) -> None:
    sends.request(MARA, 1, 2)
    sends.prepare()
    sends.room.clock.advance(seconds=sends.desk.policy.bulk_hold_seconds + 1)
    claim = claim_next(DELIVERER, sends.desk, ["email"])
    assert claim is not None
    deliver_mail(DELIVERER, sends.desk, sends.room.mailer, claim)  # it left; nothing was written
    for _ in range(4):
        sends.work()
        sends.room.clock.advance(minutes=11)
    sends.work()
    letters = sends.letters()
    assert sorted(addresses(letters)) == [
        "ap1@florist1.test",
        "ap1@florist1.test",
        "ap2@florist2.test",
    ]
    assert len({str(each["Message-ID"]) for each in letters}) == 2
    assert sends.batch().status == "done"


def test_mails_that_are_queued_again_are_the_same_ones(sends: Sends) -> None:
    sends.request(MARA, 1, 2, 3)
    prepare_next(BATCHER, sends.desk)
    first = [mail.key for mail in sends.mails()]
    sends.prepare()
    assert [mail.key for mail in sends.mails()] == first
    sends.send()
    assert len(sends.letters()) == 3


def test_a_stop_reaches_a_mail_that_is_being_written(sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.prepare()
    sends.room.clock.advance(seconds=sends.desk.policy.bulk_hold_seconds + 1)
    claim = claim_next(DELIVERER, sends.desk, ["email"])
    assert claim is not None
    batches.stop(MARA, sends.desk, batch_id=sends.batch().id)
    sends.room.clock.advance(minutes=6)
    sends.work()
    assert sends.letters() == []
    assert sends.batch().status == "stopped"


def test_what_is_stopped_before_it_was_queued_is_never_queued(sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    batches.stop(MARA, sends.desk, batch_id=sends.batch().id)
    sends.send()
    assert (sends.mails(), sends.batch().status) == ([], "stopped")
    assert "2 not sent" in sends.posts()[-1]

"""Workers that vanish or freeze: nothing is lost, nothing is sent by two."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from commands.access import DELIVERER
from commands.deliver.claim import claim_next
from commands.ports import MailEnvelope, RecipientOutcome
from storage.deliveries import DeliveryKind
from tests.commands.deliver.posting import drain, queue_mail, queue_notice, row, turn
from tests.conftest import Room
from tests.fakes import PlainPdfs, RecordingMailer

MAIL: tuple[DeliveryKind, ...] = ("email",)


def vanish(room: Room) -> None:
    """A worker takes a mail and is never heard of again."""
    assert claim_next(DELIVERER, room.desk, MAIL) is not None


@dataclass
class SlowPdfs(PlainPdfs):
    """Something happens while the document is rendered."""

    meanwhile: Callable[[], None]

    def render(self, html: str, *, title: str) -> bytes:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().render(html, title=title)


@dataclass
class FrozenMailer(RecordingMailer):
    """The worker freezes after DATA was allowed; `meanwhile` the world goes on."""

    meanwhile: Callable[[], None] = lambda: None

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        outcomes = super().send(envelope, before_data)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return outcomes


def test_a_mail_in_work_is_nobody_elses(room: Room) -> None:
    queue_mail(room)
    vanish(room)
    room.clock.advance(seconds=299)
    assert not turn(room, kinds=MAIL)


def test_a_lapsed_lease_is_taken_up_at_once_while_nothing_had_left(room: Room) -> None:
    mail = queue_mail(room)
    vanish(room)
    room.clock.advance(seconds=301)
    assert turn(room, kinds=MAIL)
    assert row(room.desk.database, mail).status == "sent"
    assert row(room.desk.database, mail).ambiguous == 0


def test_a_mail_that_stops_every_worker_is_given_up(room: Room) -> None:
    mail = queue_mail(room)
    for _ in range(5):
        vanish(room)
        room.clock.advance(seconds=301)
    drain(room)
    assert row(room.desk.database, mail).status == "failed"
    assert room.mailer.sent == []


def test_a_worker_frozen_past_its_lease_does_not_send(room: Room) -> None:
    mail = queue_mail(room)

    def another_worker() -> None:
        room.clock.advance(seconds=301)
        assert turn(room, kinds=MAIL)

    room.desk = replace(room.desk, pdfs=SlowPdfs(another_worker))
    assert turn(room, kinds=MAIL)
    assert len(room.mailer.sent) == 1
    assert row(room.desk.database, mail).status == "sent"


def test_a_lease_that_lapses_after_data_began_leaves_the_outcome_open(room: Room) -> None:
    mail = queue_mail(room)

    def time_passes() -> None:
        room.clock.advance(seconds=301)
        turn(room, kinds=MAIL)

    room.mailer = FrozenMailer(meanwhile=time_passes)
    turn(room, kinds=MAIL)
    waiting = row(room.desk.database, mail)
    assert (waiting.status, waiting.ambiguous, waiting.lease_token) == ("queued", 1, None)
    room.clock.advance(minutes=10)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"
    assert len(room.mailer.sent) == 2
    assert room.mailer.sent[0].message == room.mailer.sent[1].message


def test_a_post_is_fenced_like_a_mail(room: Room) -> None:
    queue_notice(room, "n1")
    claim = claim_next(DELIVERER, room.desk, ("slack",))
    assert claim is not None
    room.clock.advance(seconds=301)
    drain(room)
    assert [post.key for post in room.announcer.posts] == ["notice:n1"]


def test_business_time_says_when_and_the_real_clock_how_long(room: Room) -> None:
    """`run-due --now` moves business time alone; leases do not lapse by that."""
    queue_mail(room)
    vanish(room)
    room.clock.advance(days=1)
    room.clock.ahead = -(room.clock.instant - room.clock.instant.replace(day=10))
    assert not turn(room, kinds=MAIL)

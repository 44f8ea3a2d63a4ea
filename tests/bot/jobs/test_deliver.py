"""The loop with real threads, a real mail conversation and the real Slack SDK."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.adapters.slack_announcer import SlackAnnouncer
from bot.adapters.smtp_mailer import SmtpMailer
from bot.jobs import deliver
from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.slack.server import SlackSandbox
from commands.desk import Carriers
from commands.ports import MailEnvelope, RecipientOutcome
from storage import delivery_queue
from tests.builders import NOW
from tests.commands.deliver.posting import by_purpose, queue_mail, queue_notice, row
from tests.conftest import Room
from tests.fakes import RecordingMailer, StoppedClock


@contextmanager
def running(room: Room, carriers: Carriers) -> Iterator[threading.Event]:
    stop = threading.Event()
    loop = threading.Thread(target=deliver.run, args=(room.desk, carriers, stop))
    loop.start()
    try:
        yield stop
    finally:
        stop.set()
        loop.join(20)
        assert not loop.is_alive()


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def unfinished(room: Room) -> int:
    with room.desk.database.reading() as session:
        return sum(delivery_queue.count_unfinished(session).values())


def test_mails_and_cards_go_out_over_real_wires(room: Room) -> None:
    with MailSandbox() as mail, SlackSandbox() as slack:
        slack.add_person("U0SALLY", "Sally Sales", "sally@bloom.test")
        carriers = Carriers(SmtpMailer(mail.url), SlackAnnouncer(slack.bot_token, slack.api_url))
        for number in range(5):
            queue_mail(room, mail_id=f"draft-{number}")
        with running(room, carriers):
            eventually(lambda: unfinished(room) == 0)
        assert len(mail.messages) == 5
        assert len({message.message["Message-ID"] for message in mail.messages}) == 5
        cards = slack.workspace.direct_messages("U0SALLY").messages
        assert len(cards) == 5
        assert all("Sent" in card.text for card in cards)


@dataclass
class HangingMailer(RecordingMailer):
    """A mail server that does not answer until `answer` is set."""

    answer: threading.Event = field(default_factory=threading.Event)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        self.asked.release()
        assert self.answer.wait(20)
        return super().send(envelope, before_data)


def test_a_hanging_mail_server_does_not_keep_slack_waiting(room: Room) -> None:
    mailer = HangingMailer()
    for number in range(6):
        queue_mail(room, mail_id=f"draft-{number}")
    with running(room, Carriers(mailer, room.announcer)):
        for _ in range(3):  # every thread that takes mails
            assert mailer.asked.acquire(timeout=10)
        queue_notice(room, "urgent")
        eventually(lambda: any("urgent" in post.key for post in room.announcer.posts))
        assert mailer.sent == []
        mailer.answer.set()
        eventually(lambda: unfinished(room) == 0)


def test_stopping_waits_for_the_mail_in_hand(room: Room) -> None:
    mailer = HangingMailer()
    mail = queue_mail(room, card=False)
    with running(room, Carriers(mailer, room.announcer)) as stop:
        assert mailer.asked.acquire(timeout=10)
        stop.set()
        mailer.answer.set()
    assert row(room.desk.database, mail).status == "sent"


@dataclass
class UnluckyClock(StoppedClock):
    """Fails `failures` times before it tells the time."""

    failures: int = 4

    def now(self) -> datetime:
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError("a bug")
        return super().now()


def test_a_turn_that_breaks_does_not_end_the_loop(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    queue_notice(room, "a")
    room.desk = replace(room.desk, clock=UnluckyClock(NOW))
    with running(room, room.carriers):
        eventually(lambda: len(room.announcer.posts) == 1)
    broken = [record for record in caplog.records if "turn" in record.message]
    assert len(broken) == 4
    assert all(record.exc_info for record in broken)
    assert by_purpose(room.desk.database, "notice")[0].status == "sent"

"""`run-due` and the clock take a bulk send from the request to its report."""

import threading

import pytest

from bot.jobs.clock import send_batches
from bot.jobs.due import run_due
from tests.builders import MARA
from tests.bulk_sending import Sends, sends

__all__ = ["sends"]
pytestmark = pytest.mark.databases("sqlite")  # the services beneath have tests on both


def test_run_due_sends_what_is_due_and_tells_of_it_in_the_same_run(sends: Sends) -> None:
    sends.request(MARA, 1, 2, 3)
    counts = run_due(sends.desk, sends.room.carriers)
    assert counts["bulk_sends"] > 0
    assert (sends.letters(), sends.batch().status) == ([], "waiting")
    sends.room.clock.advance(seconds=sends.desk.policy.bulk_hold_seconds)
    run_due(sends.desk, sends.room.carriers)
    assert (len(sends.letters()), sends.batch().status) == (3, "done")
    assert sends.room.announcer.posts[-1].text.startswith("Over: Payment links to 3 customers")


def test_a_clock_that_is_to_end_leaves_the_rest_for_later(sends: Sends) -> None:
    sends.request(MARA, 1, 2, 3)
    stop = threading.Event()
    stop.set()
    send_batches(sends.desk, stop)
    assert sends.mails() == []
    stop.clear()
    send_batches(sends.desk, stop)
    assert len(sends.mails()) == 3

"""Imports and automatic invoices as `run-due` and the clock do them."""

import os
import threading
from pathlib import Path

import pytest

from bot.jobs.clock import mail_automatic_invoices
from bot.jobs.due import run_due
from tests.automatic import ONE, Office
from tests.builders import NOW
from tests.conftest import Room


@pytest.fixture
def office(room: Room, tmp_path: Path) -> Office:
    folder = tmp_path / "files"
    folder.mkdir()
    return Office(room, folder)


def test_run_due_goes_all_the_way_from_the_file_to_the_report(
    office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    written = folder / "invoices.csv"
    written.write_text(f"invoice_number,customer_id,issue_date,version,total\n{ONE}\n")
    os.utime(written, (NOW.timestamp() - 60,) * 2)
    room = office.room
    counts = run_due(room.desk, room.carriers, folder)
    assert (counts["imports"], counts["automatic_invoices"], counts["deliveries"]) == (1, 1, 2)
    assert len(office.received()) == 1
    assert office.said()[0].startswith("Automatic invoices: 1 mailed")
    again = run_due(room.desk, room.carriers, folder)
    assert not any(again.values())


def test_run_due_without_a_folder_looks_at_none(office: Office) -> None:
    assert "imports" not in run_due(office.room.desk, office.room.carriers)


def test_the_clock_queues_what_waits_and_then_the_report(office: Office) -> None:
    office.bring(ONE)
    stop = threading.Event()
    mail_automatic_invoices(office.room.desk, stop)
    office.work()
    assert len(office.received()) == 1
    assert len(office.said()) == 1


def test_a_clock_that_is_to_end_begins_nothing_more(office: Office) -> None:
    office.bring(ONE)
    stop = threading.Event()
    stop.set()
    mail_automatic_invoices(office.room.desk, stop)
    assert office.rows() == {("INV-7", 1): ("waiting", "")}

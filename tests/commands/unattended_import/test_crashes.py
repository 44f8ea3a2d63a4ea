"""The way from a file to its mail and its report, ended at every single write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from commands.access import AUTOMATIC, DELIVERER, IMPORTER
from commands.automatic_invoices.service import report_next, send_next
from commands.deliver.service import deliver_next
from commands.desk import Desk
from commands.unattended_import.service import look
from storage.database import Database
from tests.automatic import HEADER, Office
from tests.builders import NOW
from tests.commands.deliver.posting import by_purpose
from tests.conftest import Room

MOST_WRITES = 40


class Killed(BaseException):
    """The process is gone: nothing after this is done, whoever would like to catch it."""


class Mortal(Database):
    """The same database for a process that ends just before, or just after, its nth commit."""

    def __init__(self, inner: Database, nth: int, *, after: bool) -> None:
        self.__dict__.update(inner.__dict__)
        self.left, self.after = nth, after

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self.left -= 1
        dies = self.left == 0
        with super().writing() as session:
            yield session
            if dies and not self.after:
                raise Killed
        if dies:
            raise Killed


def put(folder: Path, number: str) -> None:
    path = folder / "invoices.csv"
    path.write_text(f"{HEADER}{number},C1,2026-03-10,1,125.00\n", encoding="utf-8")
    long_ago = NOW.timestamp() - 60
    os.utime(path, (long_ago, long_ago))


def live(room: Room, desk: Desk, folder: Path) -> None:
    """What `run-due` does about imports."""
    look(IMPORTER, desk, folder=folder, pause=0)
    while send_next(AUTOMATIC, desk):
        pass
    while deliver_next(DELIVERER, desk, room.carriers) or report_next(AUTOMATIC, desk):
        pass


def lives_through(room: Room, folder: Path, nth: int, *, after: bool) -> bool:
    """True when the process ended by itself, for there were fewer writes."""
    mortal = Mortal(room.desk.database, nth, after=after)
    try:
        live(room, replace(room.desk, database=mortal), folder)
    except Killed:
        return False
    return True


def copies(office: Office, number: str) -> list[str]:
    """The Message-ID of each copy that left."""
    mails = office.received()
    return [str(mail["Message-ID"]) for mail in mails if f" {number} " in str(mail["Subject"])]


def test_every_invoice_is_mailed_and_reported_wherever_the_process_ends(
    office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    room = office.room
    rounds = extra = 0
    for after in (False, True):
        for nth in range(1, MOST_WRITES):
            number = f"INV-{nth}{'A' if after else 'B'}"
            put(folder, number)
            ended = lives_through(room, folder, nth, after=after)
            for _ in range(2):  # leases lapse, then what may have arrived is tried again
                room.clock.advance(minutes=15)
                live(room, room.desk, folder)
            assert office.rows()[number, 1] == ("queued", ""), (nth, after)
            left = copies(office, number)
            assert len(set(left)) == 1, (nth, after)
            extra += len(left) - 1
            rounds += 1
            if ended:
                break
    assert list(folder.glob("*.csv")) == []
    assert len(by_purpose(office.database, "automatic_report")) == rounds
    assert len(office.mails()) == rounds
    assert by_purpose(office.database, "notice") == []
    assert rounds > 12
    assert extra <= 2  # between the server's answer and the note of it, once for each kind of end

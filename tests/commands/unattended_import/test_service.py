"""A folder whose files are imported while nobody watches."""

import os
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.access import IMPORTER
from commands.errors import NotPermitted
from commands.unattended_import.folder import complete_files
from commands.unattended_import.service import look, tell_if_overdue
from storage import customers, import_runs
from storage.database import Database
from storage.import_runs import ImportRun
from tests.builders import ANNA, NOW
from tests.commands.deliver.posting import by_purpose
from tests.conftest import Room
from tests.fakes import StoppedClock
from tests.importing import Inbox

GOOD = "customer_id,name\nC1,Blue Iris Florist\n"
BAD = "customer_id,name\nC1,\nC2,Poppy,x\n"
LINE = "invoice_number,line,quantity,unit_price\nINV-1,1,10,12.50\n"
INVOICE = "invoice_number,customer_id,issue_date\nINV-1,C1,2026-02-10\n"
STAMP = "2026-03-10T15-00-00Z"
_LATIN = os.fsdecode(b"M\xfcnchen.csv")  # as a share of an older system spells it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def put(folder: Path, name: str, text: str, *, age: float = 60) -> Path:
    """A file last written to `age` seconds ago."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    touch(path, age)
    return path


def touch(path: Path, age: float) -> None:
    written = NOW.timestamp() - age
    os.utime(path, (written, written))


def look_at(room: Room, folder: Path) -> bool:
    return look(IMPORTER, room.desk, folder=folder, pause=0)


def left(folder: Path) -> list[str]:
    """The files below the folder, our own lock apart."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if path.name != ".lock")


def runs(database: Database) -> list[ImportRun]:
    with database.reading() as session:
        found = (import_runs.find(session, number) for number in range(1, 20))
        return [run for run in found if run is not None]


def notices(database: Database) -> list[str]:
    return [str(row.payload["text"]) for row in by_purpose(database, "notice")]


def has_customer(database: Database, customer_id: str) -> bool:
    with database.reading() as session:
        return customers.find(session, customer_id) is not None


def test_what_lies_there_is_imported_together_and_moved(room: Room, folder: Path) -> None:
    put(folder, "lines.csv", LINE)
    put(folder, "invoices.CSV", INVOICE)
    put(folder, "customers.csv", GOOD)
    assert look_at(room, folder)
    names = ("customers.csv", "invoices.CSV", "lines.csv")
    assert left(folder) == [f"done/{STAMP}/{name}" for name in names]
    (run,) = runs(room.desk.database)
    assert (run.source, run.applied, run.files) == ("folder", True, sorted(names))
    assert run.counts["invoices"]["created"] == 1
    assert notices(room.desk.database) == []


def test_an_empty_folder_is_nothing_to_do(room: Room, folder: Path) -> None:
    assert not look_at(room, folder)
    assert runs(room.desk.database) == []


def test_all_wait_while_one_is_still_written(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", GOOD)
    late = put(folder, "invoices.csv", INVOICE, age=9)
    put(folder, "lines.csv", LINE)
    assert not look_at(room, folder)
    touch(late, 10)
    assert look_at(room, folder)


def test_a_file_that_grows_while_we_look_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "customers.csv", GOOD)
    writer = threading.Timer(0.1, lambda: path.write_text(GOOD + "C2,Poppy\n", encoding="utf-8"))
    writer.start()
    assert complete_files(folder, NOW, pause=0.5) == ()
    writer.join()


def test_what_is_dated_in_the_future_is_taken_all_the_same(folder: Path) -> None:
    path = put(folder, "customers.csv", GOOD)
    ahead = datetime.now(UTC).timestamp() + 86400
    os.utime(path, (ahead, ahead))
    now = datetime.now(UTC)
    assert complete_files(folder, now, pause=0) == ()
    assert complete_files(folder, now.replace(year=now.year + 1), pause=0)


def test_partial_hidden_linked_and_nested_files_are_left_alone(room: Room, folder: Path) -> None:
    for name in ("a.csv.part", "b.tmp", ".c.csv", "d.txt"):
        put(folder, name, BAD)
    (folder / "older").mkdir()
    put(folder / "older", "e.csv", BAD)
    elsewhere = put(folder.parent, "f.csv", BAD)
    (folder / "f.csv").symlink_to(elsewhere)
    before = left(folder)
    assert not look_at(room, folder)
    assert left(folder) == before


def test_a_failed_import_takes_nothing_and_is_told_with_its_report(
    room: Room, folder: Path
) -> None:
    put(folder, "good.csv", "customer_id,name\nC7,Tulip\n")
    put(folder, "bad.csv", BAD)
    assert look_at(room, folder)
    assert not has_customer(room.desk.database, "C7")
    failed = f"failed/{STAMP}"
    assert left(folder) == [f"{failed}/{name}" for name in ("bad.csv", "good.csv", "report.txt")]
    report = (folder / failed / "report.txt").read_text(encoding="utf-8")
    assert "bad.csv, line 3: the row has 3 cells and the header has 2" in report
    (notice,) = notices(room.desk.database)
    assert "bad.csv, line 2, name: " in notice
    assert f"IMPORT_DIR/failed/{STAMP}/" in notice


def test_many_refusals_are_told_in_a_few_lines(room: Room, folder: Path) -> None:
    put(folder, "bad.csv", "customer_id,name\n" + "".join(f"C{n},\n" for n in range(300)))
    look_at(room, folder)
    (notice,) = notices(room.desk.database)
    assert "… and 292 more" in notice
    assert notice.count("\n") < 12
    report = (folder / "failed" / STAMP / "report.txt").read_text(encoding="utf-8")
    assert report.count("bad.csv, line") == 300


def test_when_it_works_again_that_is_told_once(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", BAD)
    look_at(room, folder)
    for _ in range(2):
        put(folder, "customers.csv", GOOD)
        look_at(room, folder)
    told = notices(room.desk.database)
    assert len(told) == 2
    assert told[1] == "Imports work again: customers.csv."


def test_files_that_were_mended_and_put_back_are_tried_again(room: Room, folder: Path) -> None:
    put(folder, "invoices.csv", INVOICE)
    put(folder, "lines.csv", LINE)
    look_at(room, folder)  # the customer is not there yet
    Inbox(room.desk, folder.parent).bring(customers=GOOD)
    for name in ("invoices.csv", "lines.csv"):
        (folder / "failed" / STAMP / name).rename(folder / name)
    room.clock.advance(seconds=30)
    assert look_at(room, folder)
    assert runs(room.desk.database)[-1].applied


def test_a_process_that_ended_before_the_move_imports_nothing_again(
    room: Room, folder: Path
) -> None:
    put(folder, "customers.csv", GOOD)
    put(folder, "invoices.csv", INVOICE)
    put(folder, "lines.csv", LINE)
    hinder = folder / "done"
    hinder.write_text("in the way", encoding="utf-8")
    assert look_at(room, folder)
    hinder.unlink()
    place = folder / "done" / STAMP
    place.mkdir(parents=True)
    (folder / "invoices.csv").rename(place / "invoices.csv")  # it had come so far
    assert not look_at(room, folder)
    names = ("customers.csv", "invoices.csv", "lines.csv")
    assert left(folder) == [f"done/{STAMP}/{name}" for name in names]
    assert len(runs(room.desk.database)) == 1


def test_files_that_cannot_be_moved_are_told_once_and_imported_once(
    room: Room, folder: Path
) -> None:
    put(folder, "customers.csv", GOOD)
    (folder / "done").write_text("in the way", encoding="utf-8")
    for _ in range(3):
        look_at(room, folder)
    assert len(runs(room.desk.database)) == 1
    (notice,) = notices(room.desk.database)
    assert "were imported but cannot be moved" in notice


def test_a_file_that_cannot_be_read_is_told(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", "")
    assert look_at(room, folder)
    assert "customers.csv, line 1: the file has no header row" in notices(room.desk.database)[0]


def test_a_file_that_vanishes_while_we_look_is_told(room: Room, folder: Path) -> None:
    path = put(folder, "customers.csv", GOOD)
    vanishing = Vanishing(room.clock.instant, path=path)
    desk = replace(room.desk, clock=vanishing)
    assert look(IMPORTER, desk, folder=folder, pause=0)
    assert "the file cannot be opened: No such file or directory" in notices(desk.database)[0]
    assert left(folder) == [f"failed/{STAMP}/report.txt"]


@dataclass
class Vanishing(StoppedClock):
    """The second time that somebody asks it for the time, the file is withdrawn."""

    path: Path = Path()
    asked: int = 0

    def real(self) -> datetime:
        self.asked += 1
        if self.asked == 2:
            self.path.unlink()
        return super().real()


def test_a_folder_that_is_gone_is_told_once_a_day(room: Room, folder: Path) -> None:
    folder.rmdir()
    for _ in range(3):
        assert not look_at(room, folder)
    assert notices(room.desk.database) == ["IMPORT_DIR cannot be used: No such file or directory."]


def test_what_breaks_is_put_aside_and_told_with_a_reference(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", GOOD)
    room.desk = replace(room.desk, policy=replace(room.desk.policy, default_currency=None))  # type: ignore[arg-type]  # something nobody foresaw
    assert look_at(room, folder)
    assert left(folder) == [f"failed/{STAMP}/{name}" for name in ("customers.csv", "report.txt")]
    assert "reference R-" in notices(room.desk.database)[0]


def test_two_clocks_import_once(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", GOOD)
    start, took = threading.Barrier(3), list[bool]()

    def run() -> None:
        start.wait()
        took.append(look_at(room, folder))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == [False, False, True]
    assert len(runs(room.desk.database)) == 1


def test_staff_do_not_import_a_folder(room: Room, folder: Path) -> None:
    with pytest.raises(NotPermitted):
        look(ANNA, room.desk, folder=folder)  # type: ignore[arg-type]  # a person's hand on it


# -- overdue ------------------------------------------------------------------------------------


def test_an_overdue_import_is_told_once_a_lapse(room: Room, folder: Path) -> None:
    put(folder, "customers.csv", GOOD)
    look_at(room, folder)
    tell_if_overdue(IMPORTER, room.desk)
    room.clock.advance(hours=25.9)
    tell_if_overdue(IMPORTER, room.desk)
    assert notices(room.desk.database) == []
    room.clock.advance(hours=0.1)
    for _ in range(3):
        tell_if_overdue(IMPORTER, room.desk)
        room.clock.advance(hours=1)
    (notice,) = notices(room.desk.database)
    assert (
        "No import has succeeded for 26 hours: the newest data are of 10 Mar 2026 15:00" in notice
    )


def test_the_next_import_ends_the_lapse(room: Room, folder: Path) -> None:
    inbox = Inbox(room.desk, folder.parent)
    inbox.bring(customers=GOOD)
    tell_if_overdue(IMPORTER, room.desk)
    room.clock.advance(hours=27)
    tell_if_overdue(IMPORTER, room.desk)
    inbox.bring(customers=GOOD)
    tell_if_overdue(IMPORTER, room.desk)
    assert notices(room.desk.database)[1:] == ["Imports work again: customers.csv."]


def test_where_nothing_was_ever_imported_the_wait_begins_with_the_first_look(room: Room) -> None:
    tell_if_overdue(IMPORTER, room.desk)
    assert notices(room.desk.database) == []
    room.clock.advance(hours=26)
    tell_if_overdue(IMPORTER, room.desk)
    assert "there was none so far" in notices(room.desk.database)[0]


def test_zero_hours_tell_nobody(room: Room) -> None:
    room.desk = replace(room.desk, policy=replace(room.desk.policy, import_overdue_hours=0))
    for _ in range(2):
        tell_if_overdue(IMPORTER, room.desk)
        room.clock.advance(days=30)
    assert notices(room.desk.database) == []


def test_a_name_in_another_encoding_is_no_hindrance(room: Room, folder: Path) -> None:
    put(folder, _LATIN, GOOD)
    assert look_at(room, folder)
    assert has_customer(room.desk.database, "C1")
    assert left(folder) == [f"done/{STAMP}/{_LATIN}"]
    assert runs(room.desk.database)[0].files == ["M?nchen.csv"]


def test_a_refused_file_with_a_name_in_another_encoding_is_put_aside(
    room: Room, folder: Path
) -> None:
    put(folder, _LATIN, BAD)
    assert look_at(room, folder)
    assert left(folder) == [f"failed/{STAMP}/{_LATIN}", f"failed/{STAMP}/report.txt"]
    assert "M?nchen.csv, line 2" in notices(room.desk.database)[0]

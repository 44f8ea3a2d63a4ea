"""One story, two databases, one ledger: letter by letter."""

from pathlib import Path

from tests.commands.export_ledger import story
from tests.conftest import furnished
from tests.databases import Fresh, PostgreSQLDatabase, SQLiteFile


def told_on(fresh: Fresh, folder: Path) -> str:
    folder.mkdir()
    fresh.restore()
    room = furnished(fresh.database)
    story.tell(room, folder)
    return story.told(room)


def test_a_story_comes_to_the_same_ledger_on_both_databases(
    sqlite: SQLiteFile, postgresql: PostgreSQLDatabase, tmp_path: Path
) -> None:
    here = told_on(sqlite, tmp_path / "sqlite")
    there = told_on(postgresql, tmp_path / "postgresql")
    assert here == there
    exported = story.rows(here)
    assert {row["status"] for row in exported["invoices"]} >= {"paid", "partly_paid", "void"}
    assert {row["status"] for row in exported["payments"]} == {"succeeded", "failed"}
    assert [row["kind"] for row in exported["approvals"]] == ["refund"]
    assert {row["status"] for row in exported["deliveries"]} == {"sent"}

from commands import handling
from storage.database import DatabaseBusy
from tests.conftest import Room


def test_whoever_meets_a_long_import_is_told_that_nothing_was_sent(room: Room) -> None:
    said = handling.sentence(room.desk, DatabaseBusy())
    assert "nothing was sent" in said
    assert "Reference" not in said

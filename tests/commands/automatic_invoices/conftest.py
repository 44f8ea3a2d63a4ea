from pathlib import Path

import pytest

from tests.automatic import Office
from tests.conftest import Room


@pytest.fixture
def office(room: Room, tmp_path: Path) -> Office:
    folder = tmp_path / "files"
    folder.mkdir()
    return Office(room, folder)

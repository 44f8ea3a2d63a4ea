from pathlib import Path

import pytest

from tests.conftest import Room
from tests.importing import Inbox


@pytest.fixture
def inbox(room: Room, tmp_path: Path) -> Inbox:
    folder = tmp_path / "files"
    folder.mkdir()
    return Inbox(room.desk, folder)

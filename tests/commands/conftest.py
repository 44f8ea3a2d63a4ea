"""The bot behind its real Slack endpoint, with the cast in a workspace on loopback."""

from collections.abc import Iterator

import pytest

from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.slack_room import SlackRoom, slack_room


@pytest.fixture
def stage(room: Room) -> Iterator[SlackRoom]:
    """One customer, Blue Iris Florist, with the open invoice INV-1042."""
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    with slack_room(room.desk) as ready:
        yield ready

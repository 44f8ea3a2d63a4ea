"""Sally with a new order in hand."""

import pytest

from bot.sandbox.slack.person import Person
from tests.builders import SALLY
from tests.slack_room import SlackRoom


@pytest.fixture
def sally(stage: SlackRoom) -> Person:
    """Sally with the form open, its customer filled in."""
    person = stage.person(SALLY)
    assert person.command("/pay", "order new blue iris", channel="#payments").ok
    return person

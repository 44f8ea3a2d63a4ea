"""From the command to the card in the sender's direct messages, and what its buttons do."""

import pytest

from bot.adapters.slack_announcer import SlackAnnouncer
from bot.sandbox.slack.messages import Message
from commands.access import DELIVERER
from commands.deliver.service import deliver_next
from commands.desk import Carriers
from tests.builders import CARL, SALLY
from tests.slack_room import SlackRoom, stage

__all__ = ["stage"]


def work(stage: SlackRoom) -> None:
    """A worker does everything that is due."""
    announcer = SlackAnnouncer(stage.slack.bot_token, stage.slack.api_url)
    carriers = Carriers(stage.room.mailer, announcer)
    while deliver_next(DELIVERER, stage.desk, carriers):
        pass


@pytest.fixture
def card(stage: SlackRoom) -> Message:
    """The card after Sally's send, the mail still held."""
    sally = stage.person(SALLY)
    sally.command("/pay", "INV-1042", channel="#payments")
    sally.modal.submit()
    work(stage)
    [message] = sally.messages()
    return message


def test_undo_stops_the_mail_and_the_card_says_so(stage: SlackRoom, card: Message) -> None:
    sally = stage.person(SALLY)
    assert "ap@iris.test" in card.visible_text()
    sally.press(card, "Undo")
    stage.room.clock.advance(minutes=1)
    work(stage)
    assert "nothing was sent" in sally.messages()[0].visible_text()
    assert stage.room.mailer.sent == []


def test_without_undo_the_mail_leaves_with_its_link(stage: SlackRoom, card: Message) -> None:
    stage.room.clock.advance(minutes=1)
    work(stage)
    [mail] = stage.room.mailer.sent
    assert mail.recipients == ("ap@iris.test",)
    assert "Sent" in stage.person(SALLY).messages()[0].visible_text()


def test_the_shared_card_shows_no_address_and_no_button(stage: SlackRoom, card: Message) -> None:
    sally = stage.person(SALLY)
    sally.press(card, "Post here")
    work(stage)
    [shared] = stage.slack.workspace.channel("#payments").messages
    assert "INV-1042" in shared.visible_text()
    assert "ap@iris.test" not in shared.visible_text()
    assert "Undo" not in shared.visible_text()


def test_turning_the_link_off_shows_on_the_card(stage: SlackRoom, card: Message) -> None:
    stage.room.clock.advance(minutes=1)
    work(stage)
    sally = stage.person(SALLY)
    sally.press(sally.messages()[0], "Turn off link")
    work(stage)
    assert "turned off" in sally.messages()[0].visible_text()


def test_a_second_sender_gets_a_card_of_their_own(stage: SlackRoom, card: Message) -> None:
    carl = stage.person(CARL)
    carl.command("/pay", "1042")
    carl.modal.submit()
    work(stage)
    assert len(carl.messages()) == len(stage.person(SALLY).messages()) == 1

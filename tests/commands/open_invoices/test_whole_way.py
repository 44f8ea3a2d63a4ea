"""From a tick to the mail: asked, rejected, changed, asked again, approved for what is left."""

from collections.abc import Iterator

import pytest

from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.person import Person
from commands.open_invoices import mails, review_modal
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import MARA, SALLY
from tests.bulk_sending import Sends, addresses, text_of
from tests.slack_room import SlackRoom, slack_room

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(sends: Sends) -> Iterator[SlackRoom]:
    """Twenty-nine florists with two open invoices each: two pages."""
    sends.add(*range(4, 30))
    with slack_room(sends.room) as ready:
        yield ready


def posted(shop: SlackRoom, words: str) -> Message:
    """The newest post of the bot with Review on it that says `words`."""
    posts = [p for p in shop.room.announcer.posts if words in str(p.blocks)]
    reviewable = [p for p in posts if "Review" in str(p.blocks)]
    workspace = shop.slack.workspace
    content = Content(reviewable[-1].text, tuple(dict(b) for b in reviewable[-1].blocks))
    return workspace.post(workspace.channel("#payments"), content)


def decided(shop: SlackRoom, person: Person, words: str, decision: str, reason: str = "") -> None:
    person.press(posted(shop, words), "Review")
    person.modal.pick("Decision", decision)
    if reason:
        person.modal.fill("Reason", reason)
    assert person.modal.submit().ok


def test_what_is_left_is_mailed_to_each_customer_alone(shop: SlackRoom, sends: Sends) -> None:
    sally, mara = shop.person(SALLY), shop.person(MARA)
    sally.command("/pay", "open")
    sally.modal.tick("INV-10 ·")
    sally.modal.tick("INV-20 ·")
    sally.modal.tick("INV-21 ·")
    sally.modal.press("Next")
    sally.modal.tick("INV-90 ·")
    sally.modal.tick("INV-70 ·")
    sally.modal.submit()
    assert "*4 mails to 4 customers* · 5 invoices · *USD 450.00*" in sally.modal.text()
    assert sally.modal.submit_text == "Ask for approval"
    sally.modal.submit()
    assert f"<@{MARA.id}>" in sally.modal.text()
    sends.work()

    decided(shop, mara, "4 customers", "Reject", "Not Florist 7")
    sends.work()
    assert sends.letters() == []

    sally.command("/pay", "open")
    assert "Not Florist 7" in sally.modal.text()
    sally.modal.press("Go on")
    sally.modal.submit()
    sally.modal.press(review_modal.REMOVE + mails.key_of("C7", "USD"))
    sally.modal.fill("Email addresses: Florist 9", "boss@florist9.test")
    sally.modal.submit()
    sends.work()

    sends.change(Invoice, "INV-20", allocated=10000)
    sends.change(Customer, "C1", payment_links_enabled=False)
    decided(shop, mara, "3 customers", "Approve")
    sends.send()
    assert addresses(sends.letters()) == ["ap2@florist2.test", "boss@florist9.test"]
    second, ninth = (text_of(letter) for letter in sends.letters())
    assert "INV-21" in second
    assert "INV-90" in ninth
    for word in ("INV-20", "INV-90", "Florist 9", "Florist 1\n"):
        assert word not in second
    assert "USD 50.00" in second
    assert "USD 100.00" in ninth

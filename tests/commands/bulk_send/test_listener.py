"""Deciding on a bulk send and steering it, through the bot's real Slack endpoint."""

from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from bot.sandbox.slack.messages import Content, Message
from commands.bulk_send import service
from commands.bulk_send.order import BulkMail, BulkOrder
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import ALEX, ANNA, MARA, SALLY
from tests.bulk_sending import ID, Sends, addresses
from tests.slack_room import SlackRoom, slack_room

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(sends: Sends) -> Iterator[SlackRoom]:
    with slack_room(sends.room) as ready:
        yield ready


def shown(shop: SlackRoom, *words: str) -> Message:
    """The newest post that says all `words`, as it was edited last, put where it went."""
    posts = [p for p in shop.room.announcer.posts if all(w in str(p.blocks) for w in words)]
    assert posts, [p.text for p in shop.room.announcer.posts]
    workspace = shop.slack.workspace
    blocks = cast("tuple[dict[str, object], ...]", tuple(posts[-1].blocks))
    content = Content(posts[-1].text, blocks)
    return workspace.post(workspace.channel("#payments"), content)


def downloaded(shop: SlackRoom, link: str | None) -> list[str]:
    path = urlsplit(link or "").path
    with urlopen(shop.url + path) as answer:  # noqa: S310 -- on loopback
        return str(answer.read().decode()).splitlines()


def test_somebody_reviews_and_approves_what_is_left(shop: SlackRoom, sends: Sends) -> None:
    sends.request(SALLY, 1, 2, 3, message="Kind regards")
    sends.work()
    sends.change(Invoice, "INV-10", allocated=10000)
    sends.change(Customer, "C2", payment_links_enabled=False)
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 3 customers", "Review"), "Review")
    text = mara.modal.text()
    for fact in (
        "Florist 1",
        "ap1@florist1.test",
        "INV-11",
        "2 customers, 3 invoices, USD 200.00",
        "INV-10: The invoice is paid",
        "disabled for Florist 2",
        "Kind regards",
    ):
        assert fact in text
    mara.modal.pick("Decision", "Approve")
    mara.modal.submit()
    sends.send()
    assert addresses(sends.letters()) == ["ap1@florist1.test", "ap3@florist3.test"]


def test_the_message_stands_line_by_line_and_new_addresses_are_named(
    shop: SlackRoom, sends: Sends
) -> None:
    typed = sends.mail(1, recipients=("ap1@florist1.test", "new@elsewhere.test"))
    sends.request(SALLY, mails=(typed, sends.mail(2)), message="Dear all\n<!here> second line")
    sends.work()
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 2 customers", "Review"), "Review")
    text = mara.modal.text()
    assert "> Dear all\n> &lt;!here&gt; second line" in text
    assert text.count("Not on file: new@elsewhere.test") == 1


def test_rejecting_needs_a_reason(shop: SlackRoom, sends: Sends) -> None:
    sends.request(SALLY, 1, 2)
    sends.work()
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 2 customers", "Review"), "Reject")
    assert "Please say why" in str(mara.modal.submit().errors)
    mara.modal.fill("Reason", "Too early")
    mara.modal.submit()
    assert (sends.approval().status, sends.approval().reason) == ("rejected", "Too early")


def test_growth_that_was_shown_can_be_approved(shop: SlackRoom, sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=5000)
    sends.request(SALLY, 1, 2)
    sends.work()
    sends.change(Invoice, "INV-10", allocated=0)
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 2 customers", "Review"), "Review")
    assert "INV-10: USD 100.00 now, USD 50.00 when it was asked for" in mara.modal.text()
    mara.modal.pick("Decision", "Approve")
    mara.modal.submit()
    assert sends.approval().status == "approved"


def test_many_mails_are_reviewed_by_pages_and_as_csv(shop: SlackRoom, sends: Sends) -> None:
    sends.add(*range(4, 20))
    sends.request(SALLY, *range(1, 20))
    sends.work()
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 19 customers", "Review"), "Review")
    assert "Florist 16" not in mara.modal.text()
    mara.modal.press("Next (2 of 2)")
    assert "Florist 16" in mara.modal.text()
    mara.modal.press("Previous")
    assert "Florist 16" not in mara.modal.text()
    lines = downloaded(shop, mara.modal.press("All of it as CSV").url)
    assert lines[1].startswith("C1,Florist 1,ap1@florist1.test,INV-10,7781,2026-03-14,USD,100.00")
    assert len(lines) == 1 + 2 * 19


def test_sales_may_not_decide_and_see_what_they_asked_for(shop: SlackRoom, sends: Sends) -> None:
    sends.request(SALLY, 1, 2)
    sends.work()
    shop.person(ALEX).press(shown(shop, "to 2 customers", "Review"), "Review")
    assert sends.approval().status == "pending"
    assert "Payment links to 2 customers" in shop.person(SALLY).command("/pay", "approvals").text
    assert "Nothing waits" in shop.person(ALEX).command("/pay", "approvals").text


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1,), "Payment link to 1 customer, USD 100.00"),
        ((1, 2), "Payment links to 2 customers, USD 250.00 in all"),
    ],
)
def test_one_and_several_are_each_said_as_one_says_it(
    shop: SlackRoom, sends: Sends, numbers: tuple[int, ...], said: str
) -> None:
    sends.change(Invoice, "INV-11", allocated=5000)
    sends.rule(approval_max_total=10)
    sends.request(SALLY, *numbers)
    assert sends.approval().content["headline"] == said
    sends.approve(MARA)
    assert sends.batch().title == said.partition(",")[0]


def test_it_is_stopped_by_a_button(shop: SlackRoom, sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.work()
    mara = shop.person(MARA)
    mara.press(shown(shop, "Held for Undo"), "Undo one customer")
    mara.modal.pick("Whose mail is not to leave?", "Florist 2", search="flor")
    mara.modal.submit()
    assert "Florist 2" in mara.modal.text()
    sends.send()
    assert addresses(sends.letters()) == ["ap1@florist1.test"]


def test_all_of_it_is_undone_by_a_button(shop: SlackRoom, sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.work()
    shop.person(MARA).press(shown(shop, "Held for Undo"), "Undo")
    sends.send()
    assert (sends.letters(), sends.batch().status) == ([], "stopped")


def test_the_report_retries_and_has_a_csv(shop: SlackRoom, sends: Sends) -> None:
    sends.room.mailer.answers = {"ap2@florist2.test": (550, "=no such box")}
    sends.request(MARA, 1, 2)
    sends.send()
    mara = shop.person(MARA)
    report = shown(shop, "Retry 1 failed")
    mara.press(report, "Report as CSV")
    lines = downloaded(shop, mara.modal.press("Download").url)
    assert [line.split(",")[4] for line in lines[1:]] == ["sent", "failed"]
    mara.modal.close()
    sends.room.mailer.answers = {}
    mara.press(report, "Retry 1 failed")
    sends.work()
    assert addresses(sends.letters()) == ["ap1@florist1.test", "ap2@florist2.test"]


def test_names_that_would_format_do_no_harm(shop: SlackRoom, sends: Sends) -> None:
    name = '<!channel> *bold* "quoted" \u202eabc & ' + "x" * 200
    sends.change(Customer, "C1", name=name)
    sends.request(SALLY, 1, 2)
    sends.work()
    mara = shop.person(MARA)
    mara.press(shown(shop, "to 2 customers", "Review"), "Review")
    assert "<!channel>" not in mara.modal.text()
    sends.approve(ANNA)
    sends.send()
    assert not [post for post in sends.posts() if "<!channel>" in post]
    assert BulkOrder(ID, (BulkMail("C1", "USD", (), ()),)).customer_ids == ("C1",)
    assert service.checked(sends.order(1)).mails

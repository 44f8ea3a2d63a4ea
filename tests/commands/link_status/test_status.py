import json

import httpx2
import pytest

from bot.sandbox import loopback
from bot.sandbox.slack.person import Person
from commands import previews
from commands.link_status import counter
from commands.payment_link import service as payment_link
from commands.send_invoice.service import SendInvoice, send_invoice
from storage import customers, users
from tests.builders import ANNA, CARL, SALLY, add_invoice
from tests.commands.deliver.posting import PAY, drain
from tests.slack_room import SlackRoom, audited
from tests.taking import take


@pytest.fixture
def sent(stage: SlackRoom) -> str:
    """Sally has mailed INV-1042 with a link; the link's id."""
    order = SendInvoice("d", "INV-1042", ("ap@iris.test",), with_link=True)
    send_invoice(SALLY, stage.desk, order=order)
    stage.room.clock.advance(minutes=1)
    drain(stage.room)
    return str(stage.mails()[0].link_id)


def opened(stage: SlackRoom, typed: str = "status INV-1042") -> Person:
    person = stage.person(CARL)
    assert person.command("/pay", typed).ok
    return person


def fetch(stage: SlackRoom, url: str) -> httpx2.Response:
    return loopback.get(f"{stage.url}/preview/{url.rpartition('/')[2]}")


def test_it_shows_who_sent_it_to_whom_and_what_was_paid(stage: SlackRoom, sent: str) -> None:
    take(stage.desk, amount="100")
    shown = opened(stage).modal.text()
    for part in ("partly paid", "USD 25.00", "Cheque 1001", "ap@iris.test", f"<@{SALLY.id}>"):
        assert part in shown
    assert "active" in shown


def test_a_credit_memo_is_neither_due_nor_paid(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-2000, allocated=-2000)
    shown = opened(stage, "status CM-7").modal.text()
    assert "used up" in shown
    for word in ("Due", "paid", "Payment Link"):
        assert word not in shown


def test_an_invoice_that_was_never_sent_says_so(stage: SlackRoom) -> None:
    person = opened(stage)
    assert "It was not mailed yet" in person.modal.text()
    assert person.modal.buttons == []


def test_without_a_number_it_is_searched_for(stage: SlackRoom) -> None:
    person = opened(stage, "status")
    person.modal.pick("*Which invoice?*", "INV-1042", search="iris")
    assert "USD 125.00" in person.modal.text()


def test_show_link_shows_the_address_to_the_person_alone(stage: SlackRoom, sent: str) -> None:
    person = opened(stage)
    assert person.modal.press("Show link").ok
    assert PAY in person.modal.text()
    assert stage.calls("chat.postMessage") == 0
    [entry] = [row for row in audited(stage.desk, "ok") if row.action == "show_link"]
    assert (entry.actor, entry.object) == (CARL.id, sent)
    assert PAY not in json.dumps(entry.detail)


def test_the_qr_code_opens_on_a_page_of_ours(stage: SlackRoom, sent: str) -> None:
    person = opened(stage)
    person.modal.press("Show link")
    url = person.modal.press("Open QR code").url
    assert url is not None
    answer = fetch(stage, url)
    assert answer.status_code == 200
    assert "data:image/svg+xml" in answer.text
    assert "USD 125.00" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_address_of_the_page_holds_no_token(stage: SlackRoom, sent: str) -> None:
    shown = counter.show_link(CARL, stage.desk, link_id=sent)
    token = shown.pay_url.rpartition("/")[2]
    assert token not in shown.counter_url


def test_the_page_ends_after_ten_minutes_with_the_link_and_with_the_role(
    stage: SlackRoom, sent: str
) -> None:
    url = previews.counter_url(stage.desk, CARL, link_id=sent)
    with stage.desk.database.writing() as session:
        users.replace_roles(session, CARL.id, [])
    assert fetch(stage, url).status_code == 403
    mine = previews.counter_url(stage.desk, ANNA, link_id=sent)
    payment_link.turn_off(ANNA, stage.desk, link_id=sent)
    assert fetch(stage, mine).status_code == 410
    stage.room.clock.advance(minutes=11)
    assert "expired" in fetch(stage, mine).text


def test_a_link_that_ended_is_not_shown(stage: SlackRoom, sent: str) -> None:
    person = opened(stage)
    payment_link.turn_off(ANNA, stage.desk, link_id=sent)
    person.modal.press("Show link")
    assert "cannot be used any more" in person.modal.text()
    assert "Show link" not in opened(stage).modal.buttons


def test_links_disabled_for_the_customer_are_not_shown(stage: SlackRoom, sent: str) -> None:
    with stage.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
    person = opened(stage)
    assert person.modal.buttons == []
    assert "disabled for the customer" in person.modal.text()

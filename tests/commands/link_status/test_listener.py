import json
import re
from typing import cast

import pytest
from sqlmodel import select

from bot.sandbox import loopback
from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.person import Person
from commands.send_invoice.service import SendInvoice, send_invoice
from renderers.slack_blocks import mail_card
from renderers.slack_values import CardAmounts, CardRecipient, MailCard
from storage.money import Money
from storage.payment_links import PaymentLink
from tests.builders import CARL, NOW, SALLY
from tests.commands.deliver.posting import drain, parsed, pdf
from tests.slack_room import SlackRoom, rows

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def card(stage: SlackRoom) -> Message:
    """The card of a mail that Sally sent from #payments, as a worker posts it."""
    typed_in = stage.slack.workspace.channel("#payments").id
    order = SendInvoice("d", "INV-1042", ("ap@iris.test",), with_link=True, typed_in=typed_in)
    sent = send_invoice(SALLY, stage.desk, order=order)
    shown = mail_card(
        MailCard(
            delivery_id=sent.delivery_id,
            title="Invoice",
            number="INV-1042",
            customer_name="Blue Iris Florist",
            amounts=CardAmounts(Money(12500, "USD"), Money(12500, "USD"), NOW.date()),
            state="held",
            sender_id=SALLY.id,
            recipients=(CardRecipient("ap@iris.test", "pending"),),
            has_link=True,
            leaves_at=sent.leaves_at,
            can_turn_off=True,
        )
    )
    blocks = cast("tuple[dict[str, object], ...]", tuple(shown.blocks))
    workspace = stage.slack.workspace
    return workspace.post(workspace.direct_messages(SALLY.id), Content(shown.text, blocks))


@pytest.fixture
def sally(stage: SlackRoom) -> Person:
    return stage.person(SALLY)


def the_card(stage: SlackRoom) -> Message:
    """Sally's card as the worker last edited it."""
    shown = stage.room.announcer
    content = shown.updates[-1][1] if shown.updates else shown.posts[-1]
    blocks = cast("tuple[dict[str, object], ...]", tuple(content.blocks))
    workspace = stage.slack.workspace
    return workspace.post(workspace.direct_messages(SALLY.id), Content(content.text, blocks))


def leave(stage: SlackRoom) -> Message:
    """Let the mail go its way; the card afterwards."""
    stage.room.clock.advance(minutes=11)
    drain(stage.room)
    return the_card(stage)


def shared_in(stage: SlackRoom) -> list[str | None]:
    return [row.lane for row in rows(stage.desk) if row.purpose == "shared_card"]


def test_undo_on_the_card_stops_the_mail(stage: SlackRoom, sally: Person, card: Message) -> None:
    assert sally.press(card, "Undo").ok
    assert stage.mails()[0].status == "cancelled"


def test_undo_that_comes_too_late_is_told_to_the_person_alone(
    stage: SlackRoom, sally: Person, card: Message
) -> None:
    with stage.desk.database.writing() as session:
        row = stage.mails()[0]
        row.status, row.lease_token = "sending", "lease"
        session.merge(row)
    answer = sally.press(card, "Undo")
    assert "already left" in answer.text


def test_undo_sent_again_changes_nothing(stage: SlackRoom, sally: Person, card: Message) -> None:
    sally.press(card, "Undo")
    before = len(rows(stage.desk))
    assert sally.replay().ok
    assert len(rows(stage.desk)) == before


@pytest.mark.usefixtures("card")
def test_retry_on_the_card_of_a_failed_mail_sends_it(stage: SlackRoom, sally: Person) -> None:
    stage.room.mailer.answers["ap@iris.test"] = (550, "No such user")
    failed = leave(stage)
    stage.room.mailer.answers.clear()
    assert sally.press(failed, "Retry").ok
    assert "on its way already" in sally.press(failed, "Retry").text
    assert "Sent" in leave(stage).text
    assert len(stage.room.mailer.sent) == 1


@pytest.mark.usefixtures("card")
def test_the_card_shows_what_was_sent(stage: SlackRoom, sally: Person) -> None:
    sally.press(leave(stage), "Show what was sent")
    shown = sally.modal.text()
    assert "ap@iris.test" in shown
    assert str(stage.mails()[0].message_id).strip("<>") in shown
    link = sally.modal.press("Open PDF").url
    assert link is not None
    answer = loopback.get(f"{stage.url}/preview/{link.rpartition('/')[2]}")
    assert answer.content == pdf(parsed(stage.room.mailer.sent[0]))


@pytest.mark.usefixtures("card")
def test_what_was_sent_is_not_shown_before_it_was(stage: SlackRoom, sally: Person) -> None:
    sent = leave(stage)
    with stage.desk.database.writing() as session:
        row = stage.mails()[0]
        row.status = "queued"
        session.merge(row)
    assert "nothing to show" in sally.press(sent, "Show what was sent").text


def test_turn_off_link_ends_the_link(stage: SlackRoom, sally: Person, card: Message) -> None:
    assert sally.press(card, "Turn off link").ok
    with stage.desk.database.reading() as session:
        link = session.exec(select(PaymentLink)).one()
    assert (link.state, link.ended_by) == ("off", SALLY.id)
    assert "turned off before" in sally.press(card, "Turn off link").text


def test_post_here_puts_the_card_where_the_command_was_typed(
    stage: SlackRoom, sally: Person, card: Message
) -> None:
    for _ in range(2):
        sally.press(card, "Post here")
    assert not sally.has_modal
    assert shared_in(stage) == [stage.slack.workspace.channel("#payments").id]


def test_a_card_is_not_posted_where_another_company_reads(
    stage: SlackRoom, sally: Person, card: Message
) -> None:
    stage.slack.workspace.channel("#payments").is_ext_shared = True
    sally.press(card, "Post here")
    assert "Another company reads the channel" in sally.modal.text()
    sally.modal.pick("Channel", "#payments")
    sally.modal.submit()
    assert "shared with another company" in sally.modal.text()
    assert shared_in(stage) == []


@pytest.fixture
def card_of_a_direct_message(stage: SlackRoom, card: Message) -> Message:
    """As if the command had been typed in a direct message, where no card can be posted."""
    with stage.desk.database.writing() as session:
        row = stage.mails()[0]
        row.payload = row.payload | {"typed_in": "D0SALLY"}
        session.merge(row)
    return card


def test_typed_in_a_direct_message_post_here_asks_for_the_channel(
    stage: SlackRoom, sally: Person, card_of_a_direct_message: Message
) -> None:
    sally.press(card_of_a_direct_message, "Post here")
    sally.modal.pick("Channel", "#payments")
    assert sally.modal.submit().action == "clear"
    assert shared_in(stage) == [stage.slack.workspace.channel("#payments").id]


def test_a_channel_that_slack_does_not_know_gets_no_card(
    stage: SlackRoom, sally: Person, card_of_a_direct_message: Message
) -> None:
    stage.slack.workspace.add_channel("#secret", is_private=True, bot_is_member=False)
    sally.press(card_of_a_direct_message, "Post here")
    sally.modal.pick("Channel", "#secret")
    sally.modal.submit()
    assert "would not say" in sally.modal.text()
    assert shared_in(stage) == []


def test_a_colleague_cannot_undo_through_the_card(stage: SlackRoom, card: Message) -> None:
    everyone = stage.slack.workspace.channel("#payments")
    copy = stage.slack.workspace.post(everyone, Content(card.text, tuple(card.blocks)))
    answer = stage.person(CARL).press(copy, "Undo")
    assert "You may not undo a colleague's send." in answer.text
    assert "<@U0ANNA> or <@U0MARA>" in answer.text
    assert stage.mails()[0].status == "queued"


@pytest.mark.databases("sqlite", "postgresql")  # each has its own largest number
def test_a_number_that_no_card_can_have_is_not_known(
    stage: SlackRoom, sally: Person, card: Message
) -> None:
    blocks = json.loads(re.sub(r'"value": "\d+"', f'"value": "{2**63}"', json.dumps(card.blocks)))
    where = stage.slack.workspace.direct_messages(SALLY.id)
    forged = stage.slack.workspace.post(where, Content(card.text, tuple(blocks)))
    assert "not known" in sally.press(forged, "Undo").text

"""`/pay refund` and `/pay approvals` as people use them, through the bot's real Slack endpoint."""

from typing import cast

import pytest

from bot.sandbox.slack.messages import Content, Message
from commands.access import DELIVERER, SETTLER, Actor
from commands.deliver.service import deliver_next
from commands.dispute.booking import book_dispute
from commands.refund.carry_out import carry_out_next
from storage.money import Money
from tests.builders import ANNA, CARL, MARA, SALLY
from tests.paying import Till
from tests.slack_room import SlackRoom, audited

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(stage: SlackRoom) -> SlackRoom:
    """INV-1042, USD 125.00, is paid as pi_1."""
    till = Till(stage.desk, stage.room.gateway)
    till.click(till.link("INV-1042"))
    till.pay()
    work(stage)
    return stage


def work(shop: SlackRoom) -> None:
    while carry_out_next(SETTLER, shop.desk):
        pass
    while deliver_next(DELIVERER, shop.desk, shop.room.carriers):
        pass


def shown(shop: SlackRoom, *words: str) -> Message:
    """The newest post in the payments channel that says all `words`, put where it went."""
    there = [p for p in shop.room.announcer.posts if p.channel == "#payments"]
    posts = [p for p in there if all(w in p.text for w in words)]
    assert posts, [p.text for p in there]
    workspace = shop.slack.workspace
    content = Content(
        posts[-1].text, cast("tuple[dict[str, object], ...]", tuple(posts[-1].blocks))
    )
    return workspace.post(workspace.channel("#payments"), content)


def fill(shop: SlackRoom, actor: Actor, amount: str = "25.00") -> None:
    person = shop.person(actor)
    person.command("/pay", "refund INV-1042")
    person.modal.fill("Amount", amount)
    person.modal.submit()


@pytest.mark.parametrize("typed", ["INV-1042", "1042", "pi_1", "blue iris"])
def test_a_payment_is_found_by_what_people_call_it(shop: SlackRoom, typed: str) -> None:
    anna = shop.person(ANNA)
    anna.command("/pay", f"refund {typed}")
    text = anna.modal.text()
    for fact in ("Blue Iris Florist", "pi_1", "USD 125.00", "Visa ending in 4242"):
        assert fact in text


def test_without_a_word_it_is_searched_for(shop: SlackRoom) -> None:
    anna = shop.person(ANNA)
    anna.command("/pay", "refund")
    anna.modal.pick("Which payment?", "Blue Iris", search="blue")
    assert "Can be refunded" in anna.modal.text()


def test_the_launcher_has_it_for_those_who_may(shop: SlackRoom) -> None:
    assert "Refund a payment" in shop.person(CARL).command("/pay").text
    assert "Refund a payment" not in shop.person(SALLY).command("/pay").text


def test_nothing_to_refund_is_said(shop: SlackRoom) -> None:
    answer = shop.person(ANNA).command("/pay", "refund INV-9")
    assert "No payment through Stripe" in answer.text


def test_sales_are_told_whom_to_ask(shop: SlackRoom) -> None:
    answer = shop.person(SALLY).command("/pay", "refund INV-1042")
    assert "You may not ask for a refund." in answer.text
    assert ANNA.id in answer.text


def test_a_bad_amount_is_told_on_its_field_and_the_rest_is_kept(shop: SlackRoom) -> None:
    anna = shop.person(ANNA)
    anna.command("/pay", "refund INV-1042")
    anna.modal.fill("Amount", "125.01")
    errors = anna.modal.submit().errors
    assert "At most USD 125.00" in str(errors)


def test_the_exact_effect_is_shown_before_anything_is_sent(shop: SlackRoom) -> None:
    fill(shop, ANNA)
    anna = shop.person(ANNA)
    text = anna.modal.text()
    assert "USD 25.00 goes back to Blue Iris Florist" in text
    assert "INV-1042: USD 25.00 taken off, then USD 25.00 to pay" in text
    assert anna.modal.submit_text == "Refund"
    work(shop)
    assert shop.room.refunds.made == {}
    anna.modal.submit()
    assert not anna.has_modal
    work(shop)
    assert len(shop.room.refunds.made) == 1
    assert shown(shop, "was refunded", "INV-1042")


def test_the_invoice_can_be_chosen(shop: SlackRoom) -> None:
    anna = shop.person(ANNA)
    anna.command("/pay", "refund INV-1042")
    anna.modal.tick("INV-1042")
    anna.modal.pick("Reason", "Paid twice")
    anna.modal.submit()
    anna.modal.submit()
    work(shop)
    assert shop.room.refunds.requests[0].reason == "duplicate"


def test_a_replayed_submission_refunds_once(shop: SlackRoom) -> None:
    fill(shop, ANNA)
    anna = shop.person(ANNA)
    anna.modal.submit()
    for _ in range(3):
        anna.replay()
    work(shop)
    assert len(shop.room.refunds.requests) == 1


def request(shop: SlackRoom) -> Message:
    fill(shop, CARL)
    carl = shop.person(CARL)
    assert carl.modal.submit_text == "Ask for approval"
    carl.modal.submit()
    work(shop)
    return shown(shop, "asks", "USD 25.00")


def test_a_request_is_reviewed_and_approved(shop: SlackRoom) -> None:
    message = request(shop)
    mara = shop.person(MARA)
    mara.press(message, "Review")
    assert "Refund USD 25.00 to Blue Iris Florist" in mara.modal.text()
    mara.modal.pick("Decision", "Approve")
    mara.modal.submit()
    work(shop)
    assert len(shop.room.refunds.made) == 1
    assert any("done" in post.text for _, post in shop.room.announcer.updates)


def reviewing(shop: SlackRoom, actor: Actor) -> None:
    request(shop)
    person = shop.person(actor)
    listed = person.command("/pay", "approvals").shown[0]
    person.press(listed, "Review")


def test_a_rejection_without_a_reason_is_told_on_its_field(shop: SlackRoom) -> None:
    reviewing(shop, ANNA)
    anna = shop.person(ANNA)
    anna.modal.pick("Decision", "Reject")
    assert "Please say why" in str(anna.modal.submit().errors)
    anna.modal.fill("Reason", "A credit memo is on its way")
    anna.modal.submit()
    assert not anna.has_modal
    work(shop)
    told = [p for p in shop.room.announcer.posts if p.channel == CARL.id and "rejected" in p.text]
    assert "A credit memo is on its way" in told[-1].text


def test_whoever_asked_can_withdraw_from_the_list(shop: SlackRoom) -> None:
    request(shop)
    carl = shop.person(CARL)
    carl.press(carl.command("/pay", "approvals").shown[0], "Withdraw")
    work(shop)
    assert "Nothing waits" in carl.command("/pay", "approvals").text
    assert any("Withdrawn" in post.text for _, post in shop.room.announcer.updates)


def test_whoever_may_not_decide_is_told_and_it_is_audited(shop: SlackRoom) -> None:
    request(shop)
    sally = shop.person(SALLY)
    sally.press(shown(shop, "asks"), "Review")
    assert "You may not approve or reject a request." in sally.ephemerals()[-1].text
    assert not sally.has_modal
    assert audited(shop.desk, "denied")[-1].action == "review_request"
    assert "Nothing waits" in sally.command("/pay", "approvals").text


@pytest.fixture
def dispute(shop: SlackRoom) -> Message:
    told = shop.room.disputes.open("pi_1", Money(12500, "USD"))
    book_dispute(SETTLER, shop.desk, dispute=told)
    work(shop)
    return shown(shop, "disputes")


def test_one_person_takes_a_dispute(shop: SlackRoom, dispute: Message) -> None:
    shop.person(MARA).press(dispute, "Take it")
    work(shop)
    blocks = str(shop.room.announcer.updates[-1][1].blocks)
    assert f"Taken by <@{MARA.id}>" in blocks
    assert "Take it" not in blocks


def test_the_second_click_says_who_has_it(shop: SlackRoom, dispute: Message) -> None:
    shop.person(MARA).press(dispute, "Take it")
    carl = shop.person(CARL)
    carl.press(dispute, "Take it")
    assert "Mara Manager has it already" in carl.ephemerals()[-1].text


def test_sales_may_not_take_it(shop: SlackRoom, dispute: Message) -> None:
    sally = shop.person(SALLY)
    sally.press(dispute, "Take it")
    assert "You may not take a dispute." in sally.ephemerals()[-1].text
    assert audited(shop.desk, "denied")[-1].action == "take_dispute"

"""What Slack is told of refunds, disputes and requests."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from bot.sandbox.slack.blocks import refusals
from renderers.documents import ReceiptLine
from renderers.money_news import (
    DisputeEvent,
    RefundEvent,
)
from renderers.slack_blocks import (
    approval_post,
    dispute_note,
    dispute_post,
    refund_note,
    refund_post,
)
from renderers.slack_values import SlackContent
from storage.approvals import ApprovalStatus
from storage.gateway_states import DisputeStatus
from tests.documents import a_dispute_card, a_refund_news, an_approval_card, usd

NASTY = "<!channel> <@U1> <https://evil|Pay> & *b* _i_ ~s~ `c` :x: \u202e\x00" + "&<>*" * 300


def texts(content: SlackContent) -> str:
    return json.dumps(content.blocks, ensure_ascii=False)


def buttons(content: SlackContent) -> list[str]:
    rows: list[dict[str, Any]] = [dict(block) for block in content.blocks]
    actions = [row["elements"] for row in rows if row["type"] == "actions"]
    return [button["text"]["text"] for row in actions for button in row]


def every_post(name: str) -> Iterator[SlackContent]:
    lines = tuple(ReceiptLine(name, usd(1), usd(1)) for _ in range(40))
    for event in get_args(RefundEvent):
        own = {"event": event, "customer_name": name, "note": name, "failure": name}
        for render in (refund_post, refund_note):
            yield render(a_refund_news(lines=lines, refund_id=name, **own))
            yield render(a_refund_news(lines=(), requested_by="", **own))
    for status in get_args(DisputeStatus):
        numbers = (name,) * 40
        for taken_by in ("", "U0MARA"):
            card = a_dispute_card(status=status, customer_name=name, reason=name)
            yield dispute_post(a_dispute_card(taken_by=taken_by, invoice_numbers=numbers))
            yield dispute_post(card)
    for event in get_args(DisputeEvent):
        yield dispute_note(a_dispute_card(customer_name=name), event)
    for status in get_args(ApprovalStatus):
        facts = (("Customer", name),) * 12
        yield approval_post(
            an_approval_card(status=status, headline=name, facts=facts, reason=name)
        )


@pytest.mark.parametrize("name", ["Blue Iris Florist", NASTY])
def test_every_post_is_one_slack_accepts_and_says_something(name: str) -> None:
    for content in every_post(name):
        assert content.text.strip()
        assert len(texts(content)) < 11_000
        message = {"text": content.text, "blocks": content.blocks}
        assert refusals(message, surface="message") == []


def test_no_value_mentions_links_or_formats_anything() -> None:
    for content in every_post(NASTY):
        shown = texts(content) + content.text
        for trick in ("<!channel", "<@U1", "<https", "\u202e", "*b*"):
            assert trick not in shown


def test_a_refund_tells_who_made_it_and_what_is_to_pay_now() -> None:
    content = refund_post(a_refund_news(approved_by="U0MARA"))
    assert content.text == "USD 25.00 was refunded to Blue Iris Florist for INV-1042"
    assert "By <@U0ANNA>, approved by <@U0MARA>: asked for by the customer" in texts(content)
    assert "INV-1042: USD 25.00 taken off, USD 25.00 to pay now" in texts(content)
    assert "USD 100.00 is left of the payment" in texts(content)


def test_a_refund_in_the_dashboard_names_nobody() -> None:
    assert "Stripe's Dashboard" in texts(refund_post(a_refund_news(requested_by="")))


def test_a_dispute_has_reason_deadline_and_a_button_until_it_is_taken() -> None:
    content = dispute_post(a_dispute_card())
    assert "the customer says the goods did not arrive" in texts(content)
    assert "Evidence is taken until <!date^" in texts(content)
    assert buttons(content) == ["Take it", "Open in Stripe"]
    assert buttons(dispute_post(a_dispute_card(taken_by="U0MARA"))) == ["Open in Stripe"]
    assert "Taken by <@U0MARA>" in texts(dispute_post(a_dispute_card(taken_by="U0MARA")))


def test_a_dispute_that_is_over_has_no_button_but_the_link() -> None:
    lost = dispute_post(a_dispute_card(status="lost", is_open=False))
    assert buttons(lost) == ["Open in Stripe"]
    assert "Lost" in lost.text


def test_a_request_has_a_button_only_while_it_waits() -> None:
    assert buttons(approval_post(an_approval_card())) == ["Review", "Reject"]
    assert buttons(approval_post(an_approval_card(for_requester=True))) == ["Withdraw"]
    for status in set(get_args(ApprovalStatus)) - {"pending"}:
        assert buttons(approval_post(an_approval_card(status=status, decided_by="U0MARA"))) == []


def test_a_rejection_says_who_and_why() -> None:
    card = an_approval_card(status="rejected", decided_by="U0MARA", reason="Credit memo sent")
    assert "Rejected by <@U0MARA>" in approval_post(card).text
    assert "Why: Credit memo sent" in approval_post(card).text

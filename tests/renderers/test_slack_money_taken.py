"""What channels are told about money that staff took, and about money that found no invoice."""

import json
from typing import Any

import pytest

from bot.sandbox.slack.blocks import refusals
from renderers.documents import ReceiptLine
from renderers.slack_blocks import excess_notice, payment_confirmation, thread_note
from renderers.slack_values import ExcessNotice, PaymentReversed, SlackContent
from tests.documents import a_confirmation, usd

NASTY = "<!channel> <@U1> *b* " + "&<>*" * 1500


def texts(content: SlackContent) -> str:
    return json.dumps(content.blocks, ensure_ascii=False)


def buttons(content: SlackContent) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [dict(block) for block in content.blocks]
    found = [row["elements"] for row in rows if row["type"] == "actions"]
    return {button["text"]["text"]: button for row in found for button in row}


def test_who_recorded_it_is_named_and_it_can_be_reversed() -> None:
    content = payment_confirmation(a_confirmation(recorded_by="U0CARL", can_reverse=True))
    assert "recorded by <@U0CARL>" in texts(content)
    assert buttons(content)["Reverse"]["value"] == "PAY-000123"


def test_what_was_reversed_says_by_whom_and_why() -> None:
    taken = PaymentReversed(usd(12500), "U0CARL", "<!here> bounced")
    content = payment_confirmation(a_confirmation(reversed=taken, lines=()))
    assert "USD 125.00 reversed by <@U0CARL>: &lt;!here&gt; bounced" in texts(content)
    assert buttons(content) == {}


def test_the_note_in_the_thread_says_what_is_due_again() -> None:
    lines = (ReceiptLine("INV-1042", usd(0), usd(12500)),)
    taken = PaymentReversed(usd(12500), "U0CARL", "Bounced")
    content = thread_note(a_confirmation(event="reversed", reversed=taken, lines=lines))
    assert content.text == (
        "The payment of USD 125.00 by Blue Iris Florist was reversed for INV-1042"
    )
    assert "INV-1042: USD 125.00 is due again" in texts(content)


@pytest.mark.parametrize(
    ("left", "kept_by", "offered"),
    [
        (2500, "", {"Apply to…", "Keep as credit", "Refund"}),
        (2500, "U0CARL", {"Apply to…", "Refund"}),
        (0, "", set()),
    ],
)
def test_the_excess_offers_what_can_still_be_done(
    left: int, kept_by: str, offered: set[str]
) -> None:
    content = excess_notice(ExcessNotice(NASTY, "pi_1", usd(left), kept_by))
    assert set(buttons(content)) == offered
    assert {button["value"] for button in buttons(content).values()} <= {"pi_1"}
    message = {"text": content.text, "blocks": content.blocks}
    assert refusals(message, surface="message") == []
    assert "<!channel>" not in texts(content)

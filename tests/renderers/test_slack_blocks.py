import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any, get_args

import pytest
from slack_sdk.models.blocks import Block

from bot.sandbox.slack.blocks import refusals
from renderers.documents import ReceiptLine
from renderers.slack_blocks import (
    escape,
    mail_card,
    notice,
    payment_confirmation,
    thread_note,
)
from renderers.slack_values import CardRecipient, CardState, SlackContent
from tests.documents import a_card, a_confirmation, a_credit_memo, usd

TEN = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
NASTY = "<!channel> <@U1> <https://evil|Pay> & *b* _i_ ~s~ `c` :x: \u202e\x00" + "&<>*" * 300


def texts(content: SlackContent) -> str:
    return json.dumps(content.blocks, ensure_ascii=False)


def buttons(content: SlackContent) -> dict[str, dict[str, Any]]:
    rows: list[dict[str, Any]] = [dict(block) for block in content.blocks]
    actions = [row["elements"] for row in rows if row["type"] == "actions"]
    return {button["text"]["text"]: button for row in actions for button in row}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("*Rose* _Inc_ ~x~ `y`", "\u2217Rose\u2217 \u02cdInc\u02cd \u223cx\u223c \u02cby\u02cb"),
        ("PO_77_81", "PO_77_81"),
        (":white_check_mark: 10:30:15", "\u2236white_check_mark: 10:30:15"),
        ("a\nb\u202ec\x00", "a bc"),
    ],
)
def test_values_are_shown_as_typed_and_do_nothing(typed: str, shown: str) -> None:
    assert escape(typed) == shown


def test_a_long_value_is_cut_between_entities() -> None:
    assert escape("&" * 100, 21) == "&amp;&amp;&amp;&amp;…"
    assert escape("Blue Iris Florist", 12) == "Blue Iris…"


def test_a_held_card_can_be_undone() -> None:
    content = mail_card(a_card(state="held", leaves_at=TEN))
    assert buttons(content)["Undo"]["action_id"] == "pay.card.undo"
    assert buttons(content)["Undo"]["value"] == "17"
    assert "<!date^1773136800^{date_short_pretty} {time}|10 Mar 2026 10:00 UTC>" in texts(content)


def test_a_sent_card_can_be_posted_and_its_link_turned_off() -> None:
    row = buttons(mail_card(a_card(can_turn_off=True)))
    assert list(row) == ["Post here", "Turn off link"]
    assert row["Turn off link"]["action_id"] == "pay.card.turn_off_link"
    assert row["Turn off link"]["style"] == "danger"
    assert row["Turn off link"]["confirm"]["confirm"]["text"] == "Turn off link"


def test_only_who_may_turn_off_the_link_is_offered_it() -> None:
    assert "Turn off link" not in buttons(mail_card(a_card(can_turn_off=False)))


def test_a_mail_that_missed_somebody_can_be_retried() -> None:
    retry = buttons(mail_card(a_card(state="failed", can_retry=True)))["Retry"]
    assert (retry["action_id"], retry["value"]) == ("pay.card.retry", "17")
    assert "confirm" not in retry


def test_a_retry_that_may_be_a_second_copy_is_asked_about() -> None:
    card = a_card(state="unknown", can_retry=True, may_arrive_twice=True)
    asked = buttons(mail_card(card))["Retry"]["confirm"]["text"]["text"]
    assert "may have arrived" in asked
    assert "second copy arrives, with the same Message-ID" in asked


def test_what_was_sent_can_be_shown() -> None:
    show = buttons(mail_card(a_card(can_show_sent=True)))["Show what was sent"]
    assert (show["action_id"], show["value"]) == ("pay.card.show_sent", "17")


@pytest.mark.parametrize("state", get_args(CardState))
def test_a_shared_card_has_no_addresses_and_no_buttons(state: CardState) -> None:
    refused = CardRecipient("ap@iris.test", "refused", "550 no ap@iris.test here", is_new=True)
    card = a_card(
        state=state,
        shared=True,
        recipients=(refused,),
        error="ap@iris.test refused",
        can_turn_off=True,
        can_retry=True,
        can_show_sent=True,
        leaves_at=TEN,
    )
    content = mail_card(card)
    assert "@iris" not in texts(content) + content.text
    assert buttons(content) == {}


def test_new_addresses_and_a_recent_mail_are_pointed_out() -> None:
    new = CardRecipient("rosa@iris.test", "pending", is_new=True)
    content = mail_card(a_card(recipients=(new,), mailed_before=TEN))
    assert ":warning: new address for Blue Iris Florist" in texts(content)
    assert "was also mailed <!date^1773136800" in texts(content)


def test_each_address_tells_its_outcome() -> None:
    recipients = (
        CardRecipient("a@iris.test", "sent"),
        CardRecipient("b@iris.test", "refused", "550 No such user"),
    )
    shown = texts(mail_card(a_card(recipients=recipients)))
    assert "a@iris.test :white_check_mark: accepted" in shown
    assert "b@iris.test :x: refused: 550 No such user" in shown


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"state": "processing", "expected_by": date(2026, 3, 18)}, "expected by 18 Mar 2026"),
        ({"state": "partly_paid", "balance": usd(2500)}, "Partly paid, USD 25.00 still due"),
        ({"state": "paid", "balance": usd(0)}, "Paid"),
        ({"state": "failed", "error": "The server refused"}, "Not sent: The server refused"),
        ({"state": "undone"}, "nothing was sent"),
        ({"state": "link_off"}, "turned off"),
        ({"has_link": False, "no_link_reason": "Links are disabled"}, "none: Links are disabled"),
    ],
)
def test_the_card_says_how_things_stand(own: dict[str, Any], words: str) -> None:
    assert words in texts(mail_card(a_card(**own)))


def test_a_payment_is_told_with_its_invoice_and_its_sender() -> None:
    content = payment_confirmation(a_confirmation())
    assert content.text == "Blue Iris Florist paid USD 125.00 for INV-1042"
    assert "*Blue Iris Florist paid USD 125.00* for INV-1042" in texts(content)
    assert "<@U0SALLY>" in texts(content)
    assert "Visa ending in 4242" in texts(content)


def test_a_bank_debit_under_way_is_not_called_paid() -> None:
    confirmation = a_confirmation(event="processing", expected_by=date(2026, 3, 18))
    for content in (payment_confirmation(confirmation), thread_note(confirmation)):
        assert "expected by 18 Mar 2026" in texts(content)
        assert " paid USD" not in texts(content)


def test_a_payment_that_failed_says_why() -> None:
    shown = texts(payment_confirmation(a_confirmation(event="failed", failure="No funds")))
    assert "failed" in shown
    assert "Why: No funds. The balance is open again." in shown


def test_what_remains_and_what_was_too_much_is_told() -> None:
    lines = (ReceiptLine("INV-1042", usd(10000), usd(2500)),)
    shown = texts(payment_confirmation(a_confirmation(lines=lines, unapplied=usd(100))))
    assert "USD 100.00 applied, USD 25.00 remains" in shown
    assert "USD 1.00 is more than was due" in shown


def test_a_note_in_the_thread_mentions_nobody() -> None:
    assert "<@" not in texts(thread_note(a_confirmation()))


def all_messages(name: str) -> Iterator[SlackContent]:
    people = tuple(CardRecipient(name, "refused", name, is_new=True) for _ in range(40))
    for state, shared in product(get_args(CardState), (True, False)):
        card = a_card(state=state, shared=shared, customer_name=name, number=name)
        details = {"recipients": people, "error": name, "has_link": False, "no_link_reason": name}
        offered = ("can_turn_off", "can_retry", "may_arrive_twice", "can_show_sent")
        yield mail_card(a_card(**_values(card) | details | dict.fromkeys(offered, True)))
    lines = tuple(ReceiptLine(name, usd(1), usd(1)) for _ in range(40))
    for event in ("paid", "processing", "failed"):
        facts = a_confirmation(
            event=event, customer_name=name, method=name, lines=lines, failure=name
        )
        yield payment_confirmation(facts)
        yield thread_note(facts)
    yield notice(name)


def _values(card: Any) -> dict[str, Any]:
    return {field: getattr(card, field) for field in card.__dataclass_fields__}


@pytest.mark.parametrize("name", ["Blue Iris Florist", NASTY])
def test_every_message_is_one_slack_accepts_and_says_something(name: str) -> None:
    for content in all_messages(name):
        assert content.text.strip()
        assert len(texts(content)) < 11_000
        for block in Block.parse_all(content.blocks):
            block.validate_json()
        message = {"text": content.text, "blocks": content.blocks}
        assert refusals(message, surface="message") == []


def test_no_value_mentions_links_or_formats_anything() -> None:
    for content in all_messages(NASTY):
        shown = texts(content) + content.text
        assert "<!channel" not in shown
        assert "<@U1" not in shown
        assert "<https" not in shown
        assert "\u202e" not in shown
        assert "*b*" not in shown
        assert ":x: &" not in shown


def test_a_notice_keeps_its_lines() -> None:
    assert notice("Usage:\n/pay <invoice>").text == "Usage:\n/pay &lt;invoice&gt;"


def test_a_credit_memos_card_has_no_due_date_and_no_link() -> None:
    memo = a_credit_memo()
    card = a_card(memo.total, title=memo.title, number=memo.number, has_link=False)
    content = mail_card(card)
    assert "Credit memo CM-7" in content.text
    assert "Due" not in texts(content)
    assert "Payment Link" not in texts(content)


def test_an_undone_card_claims_no_payment_link() -> None:
    assert "Payment Link" not in str(mail_card(a_card(state="undone")).blocks)

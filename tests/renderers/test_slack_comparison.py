"""The notice about what differs between ledger and Stripe."""

import json

import pytest

from bot.sandbox.slack.blocks import refusals
from renderers.slack_blocks import comparison_notice
from renderers.slack_comparison import (
    LISTED,
    MOST_ROWS,
    ComparisonNotice,
    DifferenceRow,
    difference_line,
)
from storage.money import Money
from tests.builders import NOW

NASTY = "<!channel> *b* `c` ```\u202e\x00" + "&<>*" * 300


def a_row(number: int = 1, **own: str) -> DifferenceRow:
    name = f"pi_{number:06}"
    facts = {
        "what": "payment",
        "id": name,
        "payment_id": name,
        "kind": "amount",
        "ours": f"{Money(12500, 'USD')} succeeded",
        "theirs": f"{Money(12600, 'USD')} succeeded",
        "url": f"https://dashboard.stripe.com/test/payments/{name}",
    }
    return DifferenceRow(**(facts | own))


def a_notice(many: int, **own: str) -> ComparisonNotice:
    rows = tuple(a_row(n, **own) for n in range(min(many, MOST_ROWS)))
    return ComparisonNotice(NOW.date(), many, rows)


def test_one_difference_is_a_line_with_both_sides() -> None:
    content = comparison_notice(a_notice(1))
    assert content.text == "Ledger and Stripe do not agree: 1 difference, 10 Mar 2026"
    assert "ledger USD 125.00 succeeded; Stripe USD 126.00 succeeded" in str(content.blocks)
    assert "```" not in str(content.blocks)


def test_a_side_that_is_not_there_is_not_shown() -> None:
    line = difference_line(a_row(ours="–", kind="missing_here"))
    assert line.endswith("in Stripe, not in the ledger (Stripe USD 126.00 succeeded)")


def test_what_does_not_fit_in_words_follows_as_a_table() -> None:
    content = comparison_notice(a_notice(LISTED + 5))
    text = "\n".join(str(block) for block in content.blocks)
    assert all(f"pi_{n:06}" in text for n in range(LISTED + 5))
    assert "what,id,payment,problem,ledger,stripe" in text
    assert " more. " not in text


@pytest.mark.parametrize("many", [1, 10, 11, 60, 150, 400, 5000])
@pytest.mark.parametrize("name", ["pi_1", NASTY])
def test_slack_takes_it_however_many_there_are(many: int, name: str) -> None:
    own = {"id": name, "ours": name, "theirs": name, "url": ""} if name == NASTY else {}
    content = comparison_notice(a_notice(many, **own))
    assert refusals({"text": content.text, "blocks": content.blocks}, surface="message") == []
    assert len(json.dumps(content.blocks)) < 40_000
    assert "<!channel>" not in str(content.blocks)


def test_what_is_not_shown_is_counted() -> None:
    content = comparison_notice(a_notice(5000))
    text = "\n".join(str(block) for block in content.blocks)
    shown = sum(f"pi_{n:06}" in text for n in range(MOST_ROWS))
    assert f"… and {5000 - shown} more" in text

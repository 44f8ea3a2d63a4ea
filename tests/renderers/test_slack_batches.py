"""The message about a send of many mails: its buttons, and what they ask before they act."""

from typing import Any, get_args

import pytest

from renderers.batch_news import BatchCard, BatchCounts, BatchState
from renderers.slack_batches import batch_card


def counts(to_go: int) -> BatchCounts:
    percent = 100 * (12 - to_go) // 12
    return BatchCounts(12, 12 - to_go, 0, 0, 0, to_go=to_go, percent=percent)


def buttons(state: BatchState, to_go: int = 12) -> dict[str, Any]:
    card = BatchCard("b1", "Payment links to 12 customers", state, counts(to_go), "U0SALLY")
    rows: list[Any] = [b["elements"] for b in batch_card(card).blocks if b["type"] == "actions"]
    return {button["text"]["text"]: button for row in rows for button in row}


def asked(button: dict[str, Any]) -> tuple[str, ...]:
    return tuple(button["confirm"][name]["text"] for name in ("title", "text", "confirm", "deny"))


def test_undo_asks_what_it_does() -> None:
    row = buttons("waiting")
    assert list(row) == ["Undo", "Undo one customer"]
    assert asked(row["Undo"]) == ("Undo all of it?", "Nothing of it leaves.", "Undo", "Don't undo")


def test_stop_asks_what_it_does() -> None:
    row = buttons("sending", 3)
    text = "What has not left yet stays here. What has left stays sent."
    assert asked(row["Stop"]) == ("Stop sending?", text, "Stop", "Don't stop")
    assert row["Stop"]["confirm"]["style"] == "danger"


@pytest.mark.parametrize("state", get_args(BatchState))
def test_there_is_no_button_where_nothing_is_left_to_keep_back(state: BatchState) -> None:
    assert buttons(state, 0) == {}

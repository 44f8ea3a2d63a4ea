"""A request that somebody else has to decide, as it is shown until then and after."""

from collections.abc import Iterator

from renderers.block_kit import Block, context, mrkdwn_text, plain_text, section
from renderers.money_news import (
    ApprovalCard,
)
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_values import SlackContent

REVIEW = "pay.approval.review"
REJECT = "pay.approval.reject"
WITHDRAW = "pay.approval.withdraw"
_REASON = 500
_STATES = {
    "pending": ":raised_hand: Waits for a decision",
    "approved": ":white_check_mark: Approved",
    "rejected": ":x: Rejected",
    "expired": ":hourglass: Expired, nobody decided in time",
    "withdrawn": ":leftwards_arrow_with_hook: Withdrawn",
    "sending": ":hourglass_flowing_sand: Being sent",
    "recalled": ":leftwards_arrow_with_hook: Recalled",
    "done": ":white_check_mark: Approved and done",
    "partial": ":warning: Approved, done in part",
    "stopped": ":x: Approved, but it could not be done",
}


def approval_post(card: ApprovalCard) -> SlackContent:
    """Buttons only while it waits."""
    heading = f"{mention(card.requested_by)} asks: {escape(card.headline)}"
    blocks: list[Block] = [section(f"*{heading}*\n{_state(card)}")]
    fields = [mrkdwn_text(f"*{label}*\n{escape(text)}") for label, text in card.facts[:10]]
    if fields:
        blocks.append({"type": "section", "fields": fields})
    if card.status == "pending":
        blocks.append(context(f"Expires {local_time(card.expires_at)}"))
        blocks.append({"type": "actions", "elements": _buttons(card)})
    return SlackContent(f"{heading}. {_state(card)}", blocks)


def _state(card: ApprovalCard) -> str:
    return "\n".join(_said(card))


def _said(card: ApprovalCard) -> Iterator[str]:
    by = f" by {mention(card.decided_by)}" if card.decided_by else ""
    yield f"{_STATES[card.status]}{by}"
    if card.reason:
        yield f"Why: {escape(card.reason, _REASON)}"


def _buttons(card: ApprovalCard) -> list[Block]:
    """Reject opens the same review, for a reason is needed."""
    if card.for_requester:
        return [_button(card, "Withdraw", WITHDRAW)]
    review = _button(card, "Review", REVIEW) | {"style": "primary"}
    return [review, _button(card, "Reject", REJECT) | {"style": "danger"}]


def _button(card: ApprovalCard, word: str, action_id: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(word),
        "value": card.approval_id,
        "accessibility_label": f"{word}: {escape(card.headline, 50)}",
    }

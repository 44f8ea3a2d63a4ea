"""The form in which a request is decided on, and the list of what waits."""

import json
from typing import Any

from commands import view_parts as parts
from commands.access import Actor
from commands.approvals.service import MOST_REASON
from commands.view_parts import Block, View
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_approvals import REVIEW, WITHDRAW
from storage.approvals import Approval

DECIDE = "pay.approval.decide"
_MOST_SHOWN = 15


def form(approval: Approval, *, rejecting: bool = False) -> View:
    """The exact content; the decision is bound to its hash. `rejecting`: that is chosen already."""
    asked = f"{mention(approval.requested_by)} asks, {local_time(approval.created_at)}"
    blocks = [
        parts.section(f"*{escape(approval.content['headline'])}*\n{asked}"),
        *[
            parts.section(f"*{label}*\n{escape(text, 2500)}")
            for label, text in approval.content["facts"]
        ],
        *decision_fields(rejecting=rejecting),
    ]
    kept = json.dumps({"approval": approval.id, "hash": approval.content_hash})
    return parts.form("Review", blocks, callback_id=DECIDE, submit="Decide", metadata=kept)


def decision_fields(*, rejecting: bool = False) -> list[Block]:
    """Approve or Reject, and why."""
    choices = [parts.option("Approve", "approve"), parts.option("Reject", "reject")]
    radio: Block = {"type": "radio_buttons", "action_id": "decision", "options": choices}
    radio |= {"initial_option": choices[1]} if rejecting else {}
    return [
        parts.field("decision", "Decision", radio, optional=False),
        parts.field(
            "reason",
            "Reason",
            parts.text_box("reason", most=MOST_REASON),
            optional=True,
            hint="Needed to reject: whoever asked will read it.",
        ),
    ]


def parse(view: View) -> tuple[dict[str, str], bool, str]:
    """Which request with which content, whether it is approved, and the reason."""
    kept: dict[str, str] = json.loads(view["private_metadata"])
    values: dict[str, dict[str, Any]] = view["state"]["values"]
    approved = values["decision"]["decision"]["selected_option"]["value"] == "approve"
    return kept, approved, (values["reason"]["reason"].get("value") or "").strip()


def waiting(actor: Actor, rows: list[Approval]) -> list[Block]:
    """What waits, with the button that fits; the first ones of many."""
    if not rows:
        return [parts.section("Nothing waits for a decision.")]
    blocks = [_row(actor, row) for row in rows[:_MOST_SHOWN]]
    more = len(rows) - _MOST_SHOWN
    return [*blocks, parts.context(f"and {more} more")] if more > 0 else blocks


def _row(actor: Actor, row: Approval) -> Block:
    own = row.requested_by == actor.id
    by = "you" if own else mention(row.requested_by)
    text = f"*{escape(row.content['headline'])}*\nAsked by {by}, expires "
    button = parts.button("Withdraw" if own else "Review", WITHDRAW if own else REVIEW)
    block = parts.section(text + local_time(row.expires_at))
    return block | {"accessory": button | {"value": row.id}}

"""Slack's side of requests: the list, Review, Withdraw and the decision."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor
from commands.approvals import modal, service
from commands.bulk_send.listener import review_form
from commands.desk import Desk
from renderers.slack_approvals import REJECT


def show_waiting(ack: Ack, actor: Actor, desk: Desk) -> None:
    rows = service.waiting(actor, desk)
    text = f"{len(rows)} waiting" if rows else "Nothing waits for a decision."
    ack(text=text, blocks=modal.waiting(actor, rows), response_type="ephemeral")


def review(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    approval = service.look(actor, desk, approval_id=_approval(body))
    rejecting = body["actions"][0]["action_id"] == REJECT
    if approval.kind == "bulk":
        view = review_form(actor, desk, approval.id, rejecting=rejecting)
    else:
        view = modal.form(approval, rejecting=rejecting)
    client.views_open(trigger_id=body["trigger_id"], view=view)
    ack()


def withdraw(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    service.withdraw(actor, desk, approval_id=_approval(body))
    ack()


def decide(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    kept, approved, reason = modal.parse(view)
    which = {"approval_id": kept["approval"], "content_hash": kept["hash"]}
    if approved:
        service.approve(actor, desk, seen=kept.get("seen", ""), **which)
    else:
        service.reject(actor, desk, reason=reason, **which)
    ack(response_action="clear")


def _approval(body: dict[str, Any]) -> str:
    return str(body["actions"][0].get("value", ""))

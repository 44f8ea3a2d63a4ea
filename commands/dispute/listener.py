"""Slack's side of disputes: "Take it"."""

from typing import Any

from slack_bolt import Ack

from commands.access import Actor
from commands.desk import Desk
from commands.dispute import service


def take(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    service.take(actor, desk, dispute_id=str(body["actions"][0].get("value", "")))
    ack()

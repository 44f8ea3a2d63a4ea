"""Slack's side of the payments account."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor
from commands.desk import Desk
from commands.launcher.verb import Typing
from commands.payments_account import modal, overview

_LONGEST_PAGE = 6  # digits


def run(typing: Typing) -> None:
    """/pay account."""
    view = modal.view(overview.look(typing.actor, typing.desk))
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def turn(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Another page of the differences."""
    ack()
    value = str(body["actions"][0].get("value", ""))
    page = int(value) if value.isdecimal() and len(value) <= _LONGEST_PAGE else 0
    view = modal.view(overview.look(actor, desk, page=page))
    client.views_update(view_id=body["view"]["id"], view=view)

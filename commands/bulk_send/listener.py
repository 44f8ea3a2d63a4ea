"""Slack's side of reviewing a bulk send."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import previews
from commands.access import Actor
from commands.bulk_send import review_modal
from commands.bulk_send.review import review
from commands.desk import Desk
from commands.view_parts import View


def review_form(
    actor: Actor, desk: Desk, approval_id: str, page: int = 0, *, rejecting: bool = False
) -> View:
    """Raises as deciding would."""
    found = review(actor, desk, approval_id=approval_id, page=page)
    csv_url = previews.csv_url(desk, actor, table="bulk_send", ref=approval_id)
    return review_modal.form(found, csv_url, rejecting=rejecting)


def turn_page(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """What was filled in stays: the fields are the same ones."""
    ack()
    action_id = str(body["actions"][0]["action_id"])
    approval_id, page = review_modal.wanted_page(body["view"], action_id)
    view = review_form(actor, desk, approval_id, page)
    client.views_update(view_id=body["view"]["id"], view=view)

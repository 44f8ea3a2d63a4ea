"""Slack's side of refunding a payment."""

import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import freshness
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.refund import finding, modal, service
from commands.refund.plan import refundable, require_way
from commands.send_invoice.finding import is_hint
from commands.view_parts import View


def open_form(
    actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], typed: str
) -> None:
    """Open the form of the payment that `typed` names, or the search for it."""
    require(actor, Permission.ASK_FOR_REFUND)
    found = finding.meant(desk, typed) if typed else []
    if typed and not found:
        raise NotFound(f"No payment through Stripe that could be refunded belongs to {typed!r}.")
    view = _form(actor, desk, found[0][0].id) if len(found) == 1 else finding.view(found)
    client.views_open(trigger_id=body["trigger_id"], view=view)


def press(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """A button "Refund" that carries a payment's id."""
    open_form(actor, desk, client, body, str(body["actions"][0].get("value", "")))
    ack()


def _form(actor: Actor, desk: Desk, payment_id: str) -> View:
    with desk.database.reading() as session:
        require_way(session, actor)
        found = refundable(session, payment_id)
    return freshness.stamped(desk, modal.form(str(uuid.uuid4()), found))


def search(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    require(actor, Permission.ASK_FOR_REFUND)
    ack(options=finding.offered(finding.meant(desk, str(body.get("value", "")))))


def chosen(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Turn the search into the form of the payment that was chosen."""
    require(actor, Permission.ASK_FOR_REFUND)
    ack()
    payment_id = str(body["actions"][0]["selected_option"]["value"])
    if not is_hint(payment_id):
        view = _form(actor, desk, payment_id)
        client.views_update(view_id=body["view"]["id"], view=view)


def show_effect(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    wish = modal.parse(view)
    plan = service.preview(actor, desk, wish=wish)
    ack(response_action="push", view=modal.confirmation(wish, plan))


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    service.place(actor, desk, wish=modal.parse_confirmation(view))
    ack(response_action="clear")

"""Slack's side of sending an invoice."""

import json
import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import freshness, on_its_way
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import LinksDisabled, NotFound
from commands.orders import issue_modal
from commands.send_invoice import draft, finding, modal, service
from commands.send_invoice.draft import Asked
from commands.send_invoice.finding import Found


def open_form(
    actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], typed: str
) -> None:
    """Open the form of the invoice that `typed` names, or the search for it."""
    require(actor, Permission.SEND_INVOICE)
    typed_in = str(body.get("channel_id", ""))
    view = _meant(actor, desk, typed_in, typed) if typed else _first(actor, desk, typed_in, [])
    client.views_open(trigger_id=body["trigger_id"], view=view)


def _meant(actor: Actor, desk: Desk, typed_in: str, typed: str) -> dict[str, Any]:
    """An order that has no invoice yet leads to the form that issues it."""
    order = finding.order_without_invoice(desk, typed)
    if order is not None:
        issuable = issue_modal.load(actor, desk, number=order.number)
        return issue_modal.view(issuable, draft_id=str(uuid.uuid4()), typed_in=typed_in)
    found = finding.meant(desk, typed)
    if not found:
        raise NotFound(f"No invoice, order, PO or customer begins with {typed!r}.")
    return _first(actor, desk, typed_in, found)


def _first(actor: Actor, desk: Desk, typed_in: str, found: Found) -> dict[str, Any]:
    draft_id = str(uuid.uuid4())
    if len(found) != 1:
        return finding.view(draft_id, typed_in, found, freshness.blocks_now(desk))
    asked = Asked(found[0][0].number, draft_id, typed_in)
    return modal.form(draft.load(actor, desk, asked=asked))


def search(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    require(actor, Permission.SEE_INVOICES)
    ack(options=finding.options(desk, str(body.get("value", ""))))


def chosen(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Turn the search into the form of the invoice that was chosen."""
    require(actor, Permission.SEND_INVOICE)
    ack()
    number = str(body["actions"][0]["selected_option"]["value"])
    if finding.is_hint(number):
        return
    kept = json.loads(body["view"]["private_metadata"])
    asked = Asked(number, kept["draft"], kept["in"])
    form = modal.form(draft.load(actor, desk, asked=asked))
    client.views_update(view_id=body["view"]["id"], view=form)


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    order = modal.parse(view)
    try:
        sent = service.send_invoice(actor, desk, order=order)
    except LinksDisabled as error:
        raise on_its_way.under_the_tick(error) from error
    shown = on_its_way.worth_showing(sent, said=modal.said(sent), with_link=order.with_link)
    if shown is None:
        ack(response_action="clear")
    else:
        ack(response_action="update", view=shown)

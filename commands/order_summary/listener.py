"""Slack's side of the Order Summary: search, pages, an order's own view, Email Docs."""

import json
import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import freshness
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.launcher.verb import Typing
from commands.order_summary import history, listing, modal, order_modal
from commands.order_summary.listing import Query
from commands.send_invoice import draft
from commands.send_invoice import modal as send_form
from commands.send_invoice.draft import Asked
from commands.view_parts import View
from renderers.mrkdwn import escape


def open_summary(typing: Typing) -> None:
    """The order whose number was typed, else the Order Summary with what was typed searched."""
    require(typing.actor, Permission.SEE_INVOICES)
    typed_in = str(typing.body.get("channel_id", ""))
    typing.client.views_open(
        trigger_id=typing.body["trigger_id"],
        view=_first(typing.actor, typing.desk, typing.argument, typed_in),
    )
    typing.ack()


def _first(actor: Actor, desk: Desk, typed: str, typed_in: str) -> View:
    found = listing.meant(desk, typed) if typed else []
    if len(found) == 1:
        return order_modal.view(history.load(actor, desk, found[0][0].number), typed_in)
    notice = f"Several orders match {escape(typed)!r}." if found else ""
    return _summary(actor, desk, Query(typed, 0, typed_in), notice)


def _summary(actor: Actor, desk: Desk, query: Query, notice: str = "") -> View:
    return freshness.stamped(desk, modal.view(listing.load(actor, desk, query), notice))


def search(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """The button Search."""
    ack(response_action="update", view=_summary(actor, desk, modal.searched(view)))


def search_at_once(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """The enter key in the search box."""
    ack()
    _show(actor, desk, client, body, modal.searched(body["view"]))


def turn_page(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    ack()
    action_id = str(body["actions"][0]["action_id"])
    _show(actor, desk, client, body, modal.turned(body["view"], action_id))


def _show(actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], query: Query) -> None:
    """Without the view's hash: each page is whole in itself, so the last one asked for may win."""
    view = _summary(actor, desk, query)
    client.views_update(view_id=body["view"]["id"], view=view)


def details(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The order's own view, on top of the summary."""
    ack()
    number, _, typed_in = _pressed(body)
    view = order_modal.view(history.load(actor, desk, number), typed_in)
    client.views_push(trigger_id=body["trigger_id"], view=view)


def email_docs(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The send form for an order's documents, on top of what was open."""
    require(actor, Permission.SEND_INVOICE)
    ack()
    number, invoice_number, typed_in = _pressed(body)
    invoice_number = invoice_number or history.invoice_to_send(actor, desk, number)
    asked = Asked(invoice_number, str(uuid.uuid4()), typed_in, order_number=number)
    view = send_form.form(draft.load(actor, desk, asked=asked))
    client.views_push(trigger_id=body["trigger_id"], view=view)


def _pressed(body: dict[str, Any]) -> tuple[str, str, str]:
    """The numbers of the order and of the invoice ("": any), and where the command was typed."""
    order_number, invoice_number, typed_in = json.loads(body["actions"][0]["value"])
    return order_number, invoice_number, typed_in

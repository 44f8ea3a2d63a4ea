"""Slack's side of sending a statement: the form, and what is chosen in it."""

import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import customer_choice, on_its_way
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import LinksDisabled, NotFound
from commands.launcher.verb import Typing
from commands.send_statement import draft, modal, service
from commands.send_statement.draft import Asked
from commands.view_parts import View


def run(typing: Typing) -> None:
    """/pay statement, with a customer or an invoice behind it."""
    require(typing.actor, Permission.SEND_STATEMENT)
    typed_in = str(typing.body.get("channel_id", ""))
    view = _first(typing.actor, typing.desk, typing.argument.strip(), typed_in)
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def _first(actor: Actor, desk: Desk, typed: str, typed_in: str) -> View:
    if not typed:
        return modal.search(_fresh_id(), typed_in)
    meant = customer_choice.meant(desk, typed).customers
    if not meant:
        raise NotFound(f"No customer and no invoice begins with {typed!r}.")
    if len(meant) > 1:
        return modal.search(_fresh_id(), typed_in, meant[: customer_choice.MOST])
    return form_for(actor, desk, customer_id=meant[0].id, typed_in=typed_in)


def form_for(
    actor: Actor, desk: Desk, *, customer_id: str, typed_in: str = "", currency: str = ""
) -> View:
    """The form of that customer, to be opened or pushed. Raises `NotFound`."""
    require(actor, Permission.SEND_STATEMENT)
    asked = Asked(_fresh_id(), customer_id, typed_in, currency)
    return modal.form(draft.load(actor, desk, asked=asked))


def create(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The button Create / Send Statement of a row: on top of the screen that it stands on."""
    view = form_for(actor, desk, customer_id=str(body["actions"][0].get("value", "")))
    show = client.views_push if body.get("view") else client.views_open
    show(trigger_id=body["trigger_id"], view=view)
    ack()


def customer_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    chosen = customer_choice.chosen_in(body)
    if customer_choice.is_hint(chosen):
        ack()
        return
    _update(ack, actor, desk, client, body, modal.asked(body["view"], customer_id=chosen))


def changed(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Another type, end date or currency: other figures, and another preview."""
    _update(ack, actor, desk, client, body, modal.asked(body["view"]))


def _update(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], asked: Asked
) -> None:
    require(actor, Permission.SEND_STATEMENT)
    ack()
    view = modal.form(draft.load(actor, desk, asked=asked))
    client.views_update(view_id=body["view"]["id"], view=view)


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    order = modal.parse(view)
    try:
        sent = service.send(actor, desk, order=order)
    except LinksDisabled as error:
        raise on_its_way.under_the_tick(error) from error
    shown = on_its_way.worth_showing(sent, said=modal.said(sent), with_link=order.with_link)
    if shown is None:
        ack(response_action="clear")
    else:
        ack(response_action="update", view=shown)


def _fresh_id() -> str:
    return str(uuid.uuid4())

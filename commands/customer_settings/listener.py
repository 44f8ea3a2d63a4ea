"""Slack's side of the customer settings."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import customer_choice
from commands import view_parts as parts
from commands.access import TABLE, Actor, Permission, Role, require
from commands.customer_settings import checks, choices, modal, read_only, service
from commands.customer_settings.settings import Standing
from commands.desk import Desk
from commands.errors import Changed, NotFound
from commands.handling import whom_to_ask
from commands.launcher.verb import Typing
from commands.view_parts import View
from renderers.mrkdwn import escape

FORM = "settings"  # among the fields for a customer


def run(typing: Typing) -> None:
    """/pay customer, with a customer's name or id, or the number of an invoice behind it."""
    require(typing.actor, Permission.SEE_INVOICES)
    view = _first(typing.actor, typing.desk, typing.argument.strip())
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def _first(actor: Actor, desk: Desk, typed: str) -> View:
    found = customer_choice.meant(desk, typed).customers if typed else ()
    if typed and not found:
        raise NotFound(f"No customer and no invoice begins with {typed!r}.")
    if len(found) == 1:
        return settings_view(actor, desk, found[0].id)
    among = found[: customer_choice.MOST]
    return parts.modal(modal.TITLE, [customer_choice.block(FORM, among=among)], close="Cancel")


def settings_view(actor: Actor, desk: Desk, customer_id: str) -> View:
    """The form, or the same to read for whoever may not change it."""
    standing = service.look(actor, desk, customer_id=customer_id)
    if actor.may(Permission.SWITCH_CUSTOMER_LINKS):
        return modal.form(standing)
    roles = TABLE[Permission.SWITCH_CUSTOMER_LINKS]
    return read_only.view(standing, whom_to_ask(desk, tuple(r.value for r in Role if r in roles)))


def open_from_button(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """A button that carries the customer's id, in a message."""
    view = settings_view(actor, desk, str(body["actions"][0]["value"]))
    client.views_open(trigger_id=body["trigger_id"], view=view)
    ack()


def chosen(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    ack()
    customer_id = customer_choice.chosen_in(body)
    if not customer_choice.is_hint(customer_id):
        view = settings_view(actor, desk, customer_id)
        client.views_update(view_id=body["view"]["id"], view=view)


def search_people(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    require(actor, Permission.SEE_INVOICES)
    ack(options=choices.people(desk, str(body.get("value", ""))))


def switched(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The box was ticked or unticked: what else is to be asked appears."""
    ack()
    view = body["view"]
    standing = service.look(actor, desk, customer_id=modal.customer_of(view))
    client.views_update(view_id=view["id"], view=_again(view, standing))


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    require(actor, Permission.SWITCH_CUSTOMER_LINKS)
    standing = service.look(actor, desk, customer_id=modal.customer_of(view))
    addresses = checks.addresses_in(modal.typed_addresses(view))
    order = modal.parse(view, standing.settings, addresses)
    disabling = standing.settings.links_enabled and not order.settings.links_enabled
    if disabling and not modal.asks_why(view):
        ack(response_action="update", view=modal.form(standing, order.settings))
        return
    try:
        saved = service.save(actor, desk, order=order)
    except Changed as changed:
        again = modal.form(standing, order.settings, notice=_differs(changed, standing))
        ack(response_action="update", view=again)
        return
    ack(response_action="update", view=read_only.saved(saved))


def _again(view: View, standing: Standing) -> View:
    """The form with what is filled in; addresses stay as typed, whether they can be read or not."""
    typed = {name: tuple(text.split("\n")) for name, text in modal.typed_addresses(view).items()}
    return modal.form(standing, modal.parse(view, standing.settings, typed).settings)


def _differs(changed: Changed, standing: Standing) -> str:
    by = f" {escape(standing.last_change.by)} did." if standing.last_change else ""
    return f"{changed.sentence}{by} *Save* puts what stands here."

"""Slack's side of a new order, and of the invoice of an order that has none."""

import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import customer_choice, on_its_way
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import LinksDisabled
from commands.launcher.verb import Typing
from commands.order_summary import listener as order_summary
from commands.orders import (
    drafts,
    issue_modal,
    issuing,
    modal,
    review_modal,
    service,
)
from commands.send_invoice import fields
from commands.view_parts import View

_NEW = "new"


def run(typing: Typing) -> None:
    """`/pay order …`: "new" and perhaps a customer open the form; the rest is an order's number."""
    word, _, rest = typing.argument.partition(" ")
    if word.casefold() == _NEW:
        open_new(typing, rest)
    else:
        order_summary.open_summary(typing)


def new(typing: Typing) -> None:
    """`order new`, as the launcher's button has it."""
    open_new(typing, typing.argument)


def open_new(typing: Typing, customer: str) -> None:
    """Open the form; a customer who is named alone is filled in."""
    view = _new_form(typing.actor, typing.desk, typing.body, customer)
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def press_new(actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]) -> None:
    """A button "New order", in a message or on top of a modal."""
    ack()
    _show_above(client, body, _new_form(actor, desk, body, ""))


def _new_form(actor: Actor, desk: Desk, body: dict[str, Any], customer: str) -> View:
    require(actor, Permission.CREATE_ORDER)
    issuing.require_entry(desk)
    found = list(customer_choice.meant(desk, customer).customers) if customer else []
    today = desk.policy.today(desk.clock.now())
    return modal.form(str(uuid.uuid4()), _channel(body), today, found=found, typed=customer)


def review(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """Keep what was typed and show what it comes to."""
    kept = drafts.keep(actor, desk, form=modal.parse(view))
    ack(response_action="push", view=review_modal.view(kept, review_modal.SEND))


def choose(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Show the fields that belong to what was chosen."""
    ack()
    shown = body["view"]
    choice = str(body["actions"][0]["selected_option"]["value"])
    kept = drafts.look_again(actor, desk, form_id=review_modal.form_id(shown))
    client.views_update(view_id=shown["id"], view=review_modal.view(kept, choice))


def finish(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """Save the order, or issue its invoice and send it."""
    form = drafts.find(actor, desk, form_id=review_modal.form_id(view))
    values = view["state"]["values"]
    if review_modal.chosen(values) == review_modal.SAVE:
        saved = service.save_order(actor, desk, form=form)
        ack(response_action="update", view=review_modal.saved(saved))
        return
    filled = fields.parse(values)
    try:
        issued = service.issue_and_send(actor, desk, form=form, filled=filled)
    except LinksDisabled as error:
        raise on_its_way.under_the_tick(error) from error
    ack(response_action="update", view=review_modal.issued(issued))


def open_issue(actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]) -> None:
    """A button that carries the number of an order, in a message or on top of a modal."""
    ack()
    _show_above(client, body, _issue_form(actor, desk, body))


def open_issue_here(
    actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]
) -> None:
    """The same in place of what tells that the order was saved: Slack stacks three views."""
    ack()
    view = review_modal.last(_issue_form(actor, desk, body))
    client.views_update(view_id=body["view"]["id"], view=view)


def _issue_form(actor: Actor, desk: Desk, body: dict[str, Any]) -> View:
    """Raises `Refused` with the reason why the invoice cannot be issued here."""
    issuable = issue_modal.load(actor, desk, number=str(body["actions"][0]["value"]))
    return issue_modal.view(issuable, draft_id=str(uuid.uuid4()), typed_in=_channel(body))


def _show_above(client: WebClient, body: dict[str, Any], view: View) -> None:
    show = client.views_push if body.get("view") else client.views_open
    show(trigger_id=body["trigger_id"], view=view)


def _channel(body: dict[str, Any]) -> str:
    """Where the command was typed or the button stands; "" in a modal."""
    return str(body.get("channel_id") or (body.get("channel") or {}).get("id", ""))


def issue(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    number, sending = issue_modal.parse(view)
    try:
        issued = service.issue_invoice_of(actor, desk, order_number=number, sending=sending)
    except LinksDisabled as error:
        raise on_its_way.under_the_tick(error) from error
    ack(response_action="update", view=review_modal.issued(issued))

"""Slack's side of voiding and writing off."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import freshness, invoice_choice
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import Changed
from commands.launcher.verb import Typing
from commands.send_invoice import finding
from commands.view_parts import View
from commands.void_invoice import modal, service

_TITLE = "Void or write off"


def run(typing: Typing) -> None:
    """/pay void, with the number of an invoice behind it."""
    require(typing.actor, Permission.RECORD_PAYMENT)
    view = _first(typing.actor, typing.desk, typing.argument)
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def _first(actor: Actor, desk: Desk, typed: str) -> View:
    found = invoice_choice.named(desk, typed) if typed else []
    if len(found) != 1:
        return invoice_choice.view(_TITLE, modal.FORM, found)
    return _form(actor, desk, found[0][0].number)


def _form(actor: Actor, desk: Desk, number: str) -> View:
    return freshness.stamped(desk, modal.form(service.look(actor, desk, number=number)))


def search(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    """The options of every field for an invoice."""
    require(actor, Permission.SEE_INVOICES)
    ack(options=finding.options(desk, str(body.get("value", ""))))


def chosen(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    ack()
    number = invoice_choice.chosen_in(body)
    if number:
        form = _form(actor, desk, number)
        client.views_update(view_id=body["view"]["id"], view=form)


def review(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    number, ending, reason = modal.parse(view)
    effect = service.review(actor, desk, number=number, ending=ending, reason=reason)
    ack(response_action="push", view=modal.review(effect, ending, reason))


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    order = modal.parse_review(view)
    try:
        effect = service.end_invoice(actor, desk, order=order)
    except Changed:
        effect = service.look(actor, desk, number=order.number)
        again = modal.review(effect, order.ending, order.reason, changed=True)
        ack(response_action="update", view=again)
        return
    ack(response_action="update", view=modal.done(effect, order.ending))

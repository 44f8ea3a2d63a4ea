"""Slack's side of recording payments."""

import json
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import customer_choice, freshness, open_items
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import Changed, NotFound
from commands.launcher.verb import Typing
from commands.record_payment import form as forms
from commands.record_payment import (
    modal,
    reverse,
    reverse_modal,
    review_modal,
    service,
    today,
    today_modal,
)
from commands.record_payment.modal import Shown
from commands.view_parts import View
from storage import customers

TODAY = "today"
_LONGEST_PAGE = 6  # digits


def run(typing: Typing) -> None:
    """/pay record, with a customer, an invoice or "today" behind it."""
    require(typing.actor, Permission.RECORD_PAYMENT)
    typed = typing.argument.strip()
    trigger = typing.body["trigger_id"]
    if typed.casefold() == TODAY:
        view = today_modal.view(today.look(typing.actor, typing.desk, page=0))
    else:
        view = _first(typing.desk, typed)
    typing.client.views_open(trigger_id=trigger, view=view)
    typing.ack()


def _first(desk: Desk, typed: str) -> View:
    form_id = forms.fresh_id()
    if not typed:
        return modal.search(form_id)
    meant = customer_choice.meant(desk, typed)
    if not meant.customers:
        raise NotFound(f"No customer and no invoice begins with {typed!r}.")
    if len(meant.customers) > 1:
        return modal.search(form_id, meant.customers[: customer_choice.MOST])
    return _form(desk, form_id, meant.customers[0].id, ticked=meant.invoice_number)


def _form(
    desk: Desk, form_id: str, customer_id: str, *, currency: str = "", ticked: str = ""
) -> View:
    with desk.database.reading() as session:
        account = open_items.account(session, customer_id)
        contacts = tuple(customers.contacts(session, customer_id, "invoice"))
    named = [i.invoice for i in account.items if i.invoice.number == ticked]
    currency = currency or (named[0].currency if named else account.currencies[0])
    shown = modal.form(
        Shown(
            id=form_id,
            account=account.in_currency(currency),
            currency=currency,
            today=desk.policy.today(desk.clock.now()),
            contacts=contacts,
            ticked=ticked if named else "",
            currencies=account.currencies,
        )
    )
    return freshness.stamped(desk, shown)


def search_customers(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    require(actor, Permission.SEE_INVOICES)
    ack(options=customer_choice.options(desk, str(body.get("value", ""))))


def customer_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    require(actor, Permission.RECORD_PAYMENT)
    ack()
    chosen = customer_choice.chosen_in(body)
    if customer_choice.is_hint(chosen):
        return
    kept = json.loads(body["view"]["private_metadata"])
    view = _form(desk, kept["id"], chosen)
    client.views_update(view_id=body["view"]["id"], view=view)


def currency_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    require(actor, Permission.RECORD_PAYMENT)
    ack()
    kept = json.loads(body["view"]["private_metadata"])
    currency = customer_choice.chosen_in(body)
    view = _form(desk, kept["id"], kept["customer"], currency=currency)
    client.views_update(view_id=body["view"]["id"], view=view)


def review(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    form = modal.parse(view)
    effect = service.review(actor, desk, form=form)
    ack(response_action="push", view=review_modal.view(form, effect))


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    form_id = json.loads(view["private_metadata"])["id"]
    another = modal.is_another(view["state"]["values"])
    try:
        done = service.record(actor, desk, form_id=form_id, in_spite_of_duplicates=another)
    except Changed:
        form = service.kept(actor, desk, form_id=form_id)
        effect = service.review(actor, desk, form=form)
        ack(response_action="update", view=review_modal.view(form, effect, changed=True))
        return
    ack(response_action="update", view=review_modal.recorded(done))


def turn(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Another page of today's payments."""
    ack()
    value = str(body["actions"][0].get("value", ""))
    page = int(value) if value.isdecimal() and len(value) <= _LONGEST_PAGE else 0
    view = today_modal.view(today.look(actor, desk, page=page))
    client.views_update(view_id=body["view"]["id"], view=view)


def ask_to_reverse(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """From the confirmation in a channel, or from today's list."""
    payment_id = str(body["actions"][0].get("value", ""))
    view = reverse_modal.form(reverse.look(actor, desk, payment_id=payment_id))
    show = client.views_push if body.get("view") else client.views_open
    show(trigger_id=body["trigger_id"], view=view)
    ack()


def submit_reversal(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    payment_id, reason = reverse_modal.parse(view)
    name = reverse.reverse(actor, desk, payment_id=payment_id, reason=reason)
    ack(response_action="update", view=reverse_modal.done(name))

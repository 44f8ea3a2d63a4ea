"""Slack's side of applying credit, and the buttons under money that found no invoice."""

import json
import uuid
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import customer_choice, freshness
from commands.access import Actor, Permission, require
from commands.apply_credit import effect as effects
from commands.apply_credit import modal, service
from commands.apply_credit.modal import Shown
from commands.desk import Desk
from commands.errors import Changed, NotFound, Refused
from commands.launcher.verb import Typing
from commands.view_parts import View
from renderers.mrkdwn import escape
from storage import payments


def run(typing: Typing) -> None:
    """/pay credit, with a customer or an invoice behind it."""
    require(typing.actor, Permission.RECORD_PAYMENT)
    view = _first(typing.desk, typing.argument.strip())
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def _first(desk: Desk, typed: str) -> View:
    form_id = _fresh_id()
    if not typed:
        return modal.search(form_id)
    meant = customer_choice.meant(desk, typed)
    if not meant.customers:
        raise NotFound(f"No customer and no invoice begins with {typed!r}.")
    if len(meant.customers) > 1:
        return modal.search(form_id, meant.customers[: customer_choice.MOST])
    return _form(desk, form_id, meant.customers[0].id, ticked=meant.invoice_number)


def _fresh_id() -> str:
    return f"credit_{uuid.uuid4()}"


def _form(
    desk: Desk,
    form_id: str,
    customer_id: str,
    *,
    currency: str = "",
    payment_id: str = "",
    ticked: str = "",
) -> View:
    with desk.database.reading() as session:
        account = effects.of_customer(session, customer_id, payment_id)
    named = [item.invoice for item in account.items if item.invoice.number == ticked]
    meant = [row.currency for row in account.unapplied if row.id == payment_id]
    meant += [invoice.currency for invoice in named]
    currency = currency or (meant or list(account.currencies))[0]
    shown = modal.form(
        Shown(
            id=form_id,
            account=account.in_currency(currency),
            currency=currency,
            currencies=account.currencies,
            payment_id=payment_id,
            ticked=ticked if named else "",
        )
    )
    return freshness.stamped(desk, shown)


def customer_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    require(actor, Permission.RECORD_PAYMENT)
    ack()
    chosen = customer_choice.chosen_in(body)
    if customer_choice.is_hint(chosen):
        return
    kept = json.loads(body["view"]["private_metadata"])
    view = _form(desk, kept["id"], chosen, payment_id=_nobodys(desk, kept["payment"]))
    client.views_update(view_id=body["view"]["id"], view=view)


def _nobodys(desk: Desk, payment_id: str) -> str:
    """The payment the form was opened for, if it can become whoever's; another's stays theirs."""
    with desk.database.reading() as session:
        payment = payments.find(session, payment_id) if payment_id else None
    return payment_id if payment is not None and payment.customer_id is None else ""


def currency_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    require(actor, Permission.RECORD_PAYMENT)
    ack()
    kept = json.loads(body["view"]["private_metadata"])
    currency = customer_choice.chosen_in(body)
    view = _form(desk, kept["id"], kept["customer"], currency=currency, payment_id=kept["payment"])
    client.views_update(view_id=body["view"]["id"], view=view)


def review(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    form = modal.parse(view)
    effect = service.review(actor, desk, form=form)
    ack(response_action="push", view=modal.review(form, effect))


def submit(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    form_id = json.loads(view["private_metadata"])["id"]
    try:
        name = service.apply(actor, desk, form_id=form_id)
    except Changed:
        form = service.kept(actor, desk, form_id=form_id)
        effect = service.review(actor, desk, form=form)
        ack(response_action="update", view=modal.review(form, effect, changed=True))
        return
    ack(response_action="update", view=modal.done(f"The credit of {escape(name)} is applied."))


def show_applied(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    customer_id = str(body["actions"][0].get("value", ""))
    rows = service.applied(actor, desk, customer_id=customer_id)
    client.views_push(trigger_id=body["trigger_id"], view=modal.applied(customer_id, rows))
    ack()


def take_off(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    customer_id, chosen = modal.parse_applied(view)
    service.take_off(actor, desk, customer_id=customer_id, chosen=chosen)
    ack(response_action="update", view=modal.done("Taken off: it is open credit again."))


# -- the buttons of the notice about money that found no invoice ---------------------------------


def apply_excess(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """The form with this payment ticked; first the customer, where nobody knows who paid."""
    require(actor, Permission.RECORD_PAYMENT)
    payment_id = str(body["actions"][0].get("value", ""))
    with desk.database.reading() as session:
        payment = payments.find(session, payment_id)
    if payment is None:
        raise NotFound("That payment is not known.")
    if not payment.unapplied:
        raise Refused(f"Nothing of {payment.id} is unapplied any more.")
    if payment.customer_id is None:
        view = modal.search(_fresh_id(), payment_id=payment.id)
    else:
        view = _form(desk, _fresh_id(), payment.customer_id, payment_id=payment.id)
    client.views_open(trigger_id=body["trigger_id"], view=view)
    ack()


def keep(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    payment_id = str(body["actions"][0].get("value", ""))
    service.keep_as_credit(actor, desk, payment_id=payment_id)
    ack()

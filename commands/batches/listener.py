"""Slack's side of a batch: Stop, Undo, Undo one customer, Retry, and the report as CSV."""

import json
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import previews
from commands import view_parts as parts
from commands.access import Actor, Permission, require
from commands.batches import service
from commands.desk import Desk
from commands.view_parts import View
from storage import batches

FIND_CUSTOMER = "pay.batch.find_customer"
UNDO_CUSTOMER = "pay.batch.undo_customer"
_MOST_OPTIONS = 99


def stop(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    service.stop(actor, desk, batch_id=_batch(body))
    ack()


def undo(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    service.undo(actor, desk, batch_id=_batch(body))
    ack()


def retry(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    service.retry_failed(actor, desk, batch_id=_batch(body))
    ack()


def ask_which(ack: Ack, actor: Actor, client: WebClient, body: dict[str, Any]) -> None:
    """Undo one customer: a search among those who have a mail in it."""
    require(actor, Permission.SEND_INVOICE)
    client.views_open(trigger_id=body["trigger_id"], view=which_customer(_batch(body)))
    ack()


def which_customer(batch_id: str) -> View:
    select: dict[str, Any] = {
        "type": "external_select",
        "action_id": FIND_CUSTOMER,
        "min_query_length": 1,
        "placeholder": parts.plain("Customer"),
    }
    return parts.form(
        "Undo one customer",
        [
            parts.field("customer", "Whose mail is not to leave?", select, optional=False),
            parts.context("Everybody else's mail leaves as it would have."),
        ],
        callback_id=UNDO_CUSTOMER,
        submit="Undo",
        metadata=json.dumps({"batch": batch_id}),
    )


def search(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    require(actor, Permission.SEND_INVOICE)
    batch_id = str(json.loads(body["view"]["private_metadata"])["batch"])
    typed = str(body.get("value", ""))
    with desk.database.reading() as session:
        found = batches.customers_named(session, batch_id, typed, _MOST_OPTIONS)
    ack(options=[parts.option(name, customer_id) for customer_id, name in found])


def undo_customer(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    batch_id = str(json.loads(view["private_metadata"])["batch"])
    customer_id = parts.chosen(view["state"]["values"], "customer")
    name = service.undo_customer(actor, desk, batch_id=batch_id, customer_id=customer_id)
    text = f"The mail to {parts.clip(name, 60)} does not leave."
    ack(response_action="update", view=parts.modal("Undone", [_said(text)]))


def csv(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """A link for whoever pressed, good for ten minutes."""
    require(actor, Permission.SEE_INVOICES)
    url = previews.csv_url(desk, actor, table="batch", ref=_batch(body))
    client.views_open(trigger_id=body["trigger_id"], view=csv_link(url))
    ack()


def csv_link(url: str) -> View:
    button = parts.button("Download", "pay.url.batch_csv", url=url, style="primary")
    text = "Every mail with its recipients and what became of it, and whatever was not sent."
    return parts.modal(
        "Report as CSV",
        [
            parts.section(text),
            parts.actions("download", button),
            parts.context("This address is yours alone, and good for ten minutes."),
        ],
    )


def _said(text: str) -> dict[str, Any]:
    return {"type": "section", "text": parts.plain(text, 200)}


def _batch(body: dict[str, Any]) -> str:
    return str(body["actions"][0].get("value", ""))

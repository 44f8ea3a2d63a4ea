"""/pay status with Show link, and the buttons of an invoice's card: Undo, Retry, Show what was
sent, Post here, Turn off link.
"""

import json
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from commands import freshness, invoice_choice
from commands import view_parts as parts
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.launcher.verb import Typing
from commands.link_status import counter, status_modal
from commands.link_status import status as invoice_status
from commands.link_status.sent_view import sent_view
from commands.payment_link import service as payment_link
from commands.send_invoice import service as send_invoice
from commands.send_invoice.retry import retry_send
from commands.send_invoice.sent_mail import show_sent as sent_mail
from commands.view_parts import View
from storage import deliveries

SHARE = "pay.share_card.submit"
_LONGEST_ID = 18  # digits that every database's integers hold

_NEVER_THERE = "Another company reads the channel where you typed the command: choose another."


def undo(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    send_invoice.undo(actor, desk, delivery_id=_delivery(body))
    ack()


def retry(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    retry_send(actor, desk, delivery_id=_delivery(body))
    ack()


def show_sent(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    mail = sent_mail(actor, desk, delivery_id=_delivery(body))
    client.views_open(trigger_id=body["trigger_id"], view=sent_view(mail))
    ack()


def turn_off_link(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    with desk.database.reading() as session:
        mail = deliveries.find(session, _delivery(body))
    if mail is None or mail.link_id is None:
        raise NotFound("That mail carries no link.")
    payment_link.turn_off(actor, desk, link_id=mail.link_id)
    ack()


def post_here(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Put the card in the channel where the command was typed; where that cannot be, ask which."""
    require(actor, Permission.SEND_INVOICE)
    number = _delivery(body)
    with desk.database.reading() as session:
        mail = deliveries.find(session, number)
    if mail is None:
        raise NotFound("That mail is not known.")
    here = str(mail.payload.get("typed_in", ""))
    # A direct message is no place that this can be posted to.
    is_shared = _is_shared(client, here) if here.startswith(("C", "G")) else None
    if is_shared is False:
        send_invoice.share_card(
            actor, desk, delivery_id=number, channel=here, channel_is_shared=is_shared
        )
    else:
        view = share_form(number, _NEVER_THERE if is_shared else "")
        client.views_open(trigger_id=body["trigger_id"], view=view)
    ack()


def share_form(delivery_id: int, why: str = "") -> View:
    """Ask for a channel; `why` not the one in which the command was typed."""
    select: dict[str, Any] = {
        "type": "conversations_select",
        "action_id": "channel",
        "placeholder": parts.plain("Choose a channel"),
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    said = [parts.context(why)] if why else []
    return parts.form(
        "Post the card",
        [*said, parts.field("channel", "Channel", select, optional=False)],
        callback_id=SHARE,
        submit="Post here",
        metadata=json.dumps({"delivery": delivery_id}),
    )


def share(ack: Ack, actor: Actor, desk: Desk, client: WebClient, view: dict[str, Any]) -> None:
    chosen = str(view["state"]["values"]["channel"]["channel"]["selected_conversation"])
    delivery_id = int(json.loads(view["private_metadata"])["delivery"])
    send_invoice.share_card(
        actor,
        desk,
        delivery_id=delivery_id,
        channel=chosen,
        channel_is_shared=_is_shared(client, chosen),
    )
    ack(response_action="clear")


def status(typing: Typing) -> None:
    """/pay status, with the number of an invoice behind it."""
    require(typing.actor, Permission.SEE_INVOICES)
    found = invoice_choice.named(typing.desk, typing.argument) if typing.argument else []
    if len(found) == 1:
        view = _status(typing.actor, typing.desk, found[0][0].number)
    else:
        view = invoice_choice.view(status_modal.TITLE, status_modal.FORM, found)
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def status_chosen(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    ack()
    number = invoice_choice.chosen_in(body)
    if number:
        client.views_update(view_id=body["view"]["id"], view=_status(actor, desk, number))


def show_link(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    link_id = str(body["actions"][0].get("value", ""))
    view = status_modal.link_view(counter.show_link(actor, desk, link_id=link_id))
    client.views_push(trigger_id=body["trigger_id"], view=view)
    ack()


def _status(actor: Actor, desk: Desk, number: str) -> View:
    found = invoice_status.look(actor, desk, number=number)
    view = status_modal.view(found, may_show=actor.may(Permission.SEND_INVOICE))
    return freshness.stamped(desk, view)


def _is_shared(client: WebClient, channel: str) -> bool | None:
    """Whether another company can read the channel; None when Slack does not say."""
    try:
        found = client.conversations_info(channel=channel).get("channel") or {}
    except SlackApiError:
        return None
    if "is_ext_shared" not in found:
        return None
    return bool(found["is_ext_shared"] or found.get("is_pending_ext_shared"))


def _delivery(body: dict[str, Any]) -> int:
    value = str(body["actions"][0].get("value", ""))
    if not (value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID):
        raise NotFound("That card is not known.")
    return int(value)

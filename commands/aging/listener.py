"""Slack's side of Aging / Statements: search, filters, pages, a customer's open invoices."""

import json
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor, Permission, require
from commands.aging import account, account_modal, filter_blocks, listing, modal
from commands.aging import query as queries
from commands.aging.query import Query
from commands.desk import Desk
from commands.errors import InvalidInput
from commands.launcher.verb import Typing
from commands.send_statement import listener as send_statement
from commands.view_parts import Block, option
from renderers.mrkdwn import escape

_MOST_OPTIONS = 99  # one place is left for "any"


def open_aging(typing: Typing) -> None:
    """The customers with a balance; what was typed is searched."""
    require(typing.actor, Permission.SEE_INVOICES)
    text = typing.argument.strip()[: queries.MOST_TYPED]
    query = Query(text=text, typed_in=str(typing.body.get("channel_id", "")))
    typing.client.views_open(
        trigger_id=typing.body["trigger_id"],
        view=modal.view(listing.load(typing.actor, typing.desk, query)),
    )
    typing.ack()


def search(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """The button Search."""
    query, wrong = filter_blocks.asked(view, desk)
    if wrong:
        raise InvalidInput(wrong)
    ack(response_action="update", view=modal.view(listing.load(actor, desk, query)))


def change(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The enter key in a field, or another choice in a filter."""
    ack()
    query, wrong = filter_blocks.asked(body["view"], desk)
    _show(actor, desk, client, body, query, " ".join(wrong.values()))


def show_filters(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """Show the filters, or hide them; they stay as they are."""
    ack()
    query, wrong = filter_blocks.asked(body["view"], desk)
    shown = replace(query, is_open=not query.is_open, form=query.form + 1)
    _show(actor, desk, client, body, shown, " ".join(wrong.values()))


def clear(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    ack()
    _show(actor, desk, client, body, queries.read(body["view"]["private_metadata"]).cleared())


def turn(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """For what was searched, not for what is being typed."""
    ack()
    page = int(body["actions"][0]["value"])
    query = replace(queries.read(body["view"]["private_metadata"]), page=page)
    _show(actor, desk, client, body, query)


def _show(
    actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], query: Query, wrong: str = ""
) -> None:
    """Without the view's hash: each page is whole in itself, so the last one asked for may win."""
    notice = f":warning: {escape(wrong, 300)}" if wrong else ""
    view = modal.view(listing.load(actor, desk, query), notice)
    client.views_update(view_id=body["view"]["id"], view=view)


def search_reps(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    found = listing.sales_reps(actor, desk, str(body.get("value") or ""), _MOST_OPTIONS)
    options: list[Block] = [option(name, person_id) for person_id, name in found]
    ack(options=[filter_blocks.anybody(), *options])


def search_groups(ack: Ack, actor: Actor, desk: Desk, body: dict[str, Any]) -> None:
    found = listing.groups(actor, desk, str(body.get("value") or ""), _MOST_OPTIONS)
    ack(options=[filter_blocks.any_group(), *(option(name, name) for name in found)])


def open_invoices(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """A customer's open invoices, on top of the list."""
    ack()
    customer_id, currency, typed_in = modal.named_row(body["actions"][0]["value"])
    own = account.load(actor, desk, customer_id, currency, typed_in=typed_in)
    client.views_push(trigger_id=body["trigger_id"], view=account_modal.view(own))


def create_statement(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """The form for a statement in the currency of the row, on top of what was open."""
    customer_id, currency, typed_in = modal.named_row(body["actions"][0]["value"])
    view = send_statement.form_for(
        actor, desk, customer_id=customer_id, typed_in=typed_in, currency=currency
    )
    ack()
    client.views_push(trigger_id=body["trigger_id"], view=view)


def turn_invoices(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    ack()
    customer_id, currency, typed_in, page = json.loads(body["actions"][0]["value"])
    own = account.load(actor, desk, customer_id, currency, page=int(page), typed_in=typed_in)
    client.views_update(view_id=body["view"]["id"], view=account_modal.view(own))

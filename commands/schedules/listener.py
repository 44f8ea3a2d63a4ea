"""Slack's side of the schedules."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.launcher.verb import Typing
from commands.schedules import modal, service, words
from renderers.mrkdwn import escape
from storage import customers
from storage.schedules import Schedule


def run(typing: Typing) -> None:
    """/pay schedule"""
    view = modal.listing(service.look(typing.actor, typing.desk))
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=view)
    typing.ack()


def add(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    require(actor, Permission.ADMINISTER)
    ack()
    _open_form(desk, client, body, None)


def change(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    row = service.find(actor, desk, schedule_id=str(body["actions"][0]["value"]))
    ack()
    _open_form(desk, client, body, row)


def _open_form(desk: Desk, client: WebClient, body: dict[str, Any], row: Schedule | None) -> None:
    with desk.database.reading() as session:
        groups = customers.groups(session)
    form = modal.form(desk.policy.today(desk.clock.now()), groups, row)
    client.views_update(view_id=body["view"]["id"], view=form)


def save(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    row = service.save(actor, desk, wanted=modal.parse(view))
    said = f":white_check_mark: Saved: {words.CADENCES[row.cadence].lower()} for "
    said += f"{escape(words.whom(row.customer_group))}."
    ack(response_action="update", view=modal.listing(service.look(actor, desk), said=said))


def switch(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    pressed = body["actions"][0]
    active = pressed["action_id"] == modal.RESUME
    service.switch(actor, desk, schedule_id=str(pressed["value"]), active=active)
    ack()
    client.views_update(view_id=body["view"]["id"], view=modal.listing(service.look(actor, desk)))

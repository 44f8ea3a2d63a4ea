"""Slack's side of Open Invoices: the list, its filter, and the way to the review."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor
from commands.desk import Desk
from commands.launcher.verb import Typing
from commands.open_invoices import filter_modal, filtering, modal, reading, service
from commands.open_invoices.merging import Screen
from commands.open_invoices.service import Look, Move
from storage.receivables import NO_FILTERS


def run(typing: Typing) -> None:
    """`/pay open …`: the list, searched for what was typed; what is ticked still is offered."""
    look = service.open_window(typing.actor, typing.desk, typed=typing.argument)
    typing.client.views_open(trigger_id=typing.body["trigger_id"], view=_first(look))
    typing.ack()


def _first(look: Look) -> dict[str, Any]:
    if look.counts.invoices:
        return modal.offer(look)
    if not look.rows and not look.refused and filtering.is_empty(look.filters):
        return modal.nothing_open()
    return modal.view(look)


def tick(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Any check box: what stands on the screen is merged, and the sums follow."""
    ack()
    _move(actor, desk, client, body, Move())


def move(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """A button that says where to go, or what to tick."""
    ack()
    step = str(body["actions"][0]["action_id"]).removeprefix(modal.MOVE)
    _move(actor, desk, client, body, service.move(step))


def search(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """The enter key in the search box; the rest of the filter stays."""
    ack()
    kept = reading.filters(actor, desk, window_id=modal.window_id(body["view"]))
    text = filtering.typed(modal.searched(body["view"])).text
    _move(actor, desk, client, body, Move("filter", replace(kept, text=text)))


def unfilter(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    ack()
    _move(actor, desk, client, body, Move("filter", NO_FILTERS))


def _move(actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any], move: Move) -> None:
    """Without the view's hash: each drawing is whole in itself, so the last one may win."""
    look = service.change(actor, desk, screen=modal.screen(body["view"]), move=move)
    client.views_update(view_id=body["view"]["id"], view=modal.view(look))


def open_filter(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """The filter's form, on top of the list; what is ticked there is kept first."""
    ack()
    look = service.change(actor, desk, screen=modal.screen(body["view"]))
    view = reading.filter_form(actor, desk, look)
    client.views_push(trigger_id=body["trigger_id"], view=view)


def filter_list(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, view: dict[str, Any]
) -> None:
    """The form closes, and the list beneath it shows what was asked for."""
    window_id, filters = filter_modal.parse(view)
    look = service.change(actor, desk, screen=Screen(window_id), move=Move("filter", filters))
    client.views_update(view_id=view["previous_view_id"], view=modal.view(look))
    ack()


def show_refused(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """Everybody who cannot be asked; what is ticked on the list beneath is kept first."""
    ack()
    look = service.change(actor, desk, screen=modal.screen(body["view"]))
    view = filter_modal.refused(look.window_id, look.refused)
    client.views_push(trigger_id=body["trigger_id"], view=view)


def turn_refused(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    ack()
    window_id, page = filter_modal.turned(body["view"], body["actions"][0]["action_id"])
    everybody = reading.refused(actor, desk, window_id=window_id)
    view = filter_modal.refused(window_id, everybody, page)
    client.views_update(view_id=body["view"]["id"], view=view)

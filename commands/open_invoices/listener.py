"""Slack's side of Open Invoices: the list, its filter, and the way to the review."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import previews
from commands.access import Actor
from commands.desk import Desk
from commands.errors import InvalidInput
from commands.launcher.verb import Typing
from commands.open_invoices import (
    filter_modal,
    filtering,
    modal,
    reading,
    review,
    review_modal,
    sending,
    service,
)
from commands.open_invoices.merging import Screen
from commands.open_invoices.review import Review
from commands.open_invoices.sending import Again, Mistyped
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


def open_review(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """Send Payment Links: what is ticked is kept, and shown mail by mail."""
    look = service.change(actor, desk, screen=modal.screen(view))
    if not look.counts.invoices:
        ack(response_action="update", view=modal.view(look, "Tick at least one invoice first."))
        return
    shown = review.load(actor, desk, window_id=look.window_id, fallen=look.fallen)
    ack(response_action="push", view=_reviewed(actor, desk, shown))


def turn_review(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """Another page of the review; what was typed on this one is kept, mistakes included."""
    ack()
    filled = review_modal.parse(body["view"])
    page = review_modal.turned(filled, str(body["actions"][0]["action_id"]))
    gone = review.keep(actor, desk, filled=filled)
    shown = review.load(actor, desk, window_id=filled.window_id, fallen=gone)
    view = _reviewed(actor, desk, shown, page)
    client.views_update(view_id=body["view"]["id"], view=view)


def remove(ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]) -> None:
    """Take a customer out; the ticks go."""
    ack()
    filled = review_modal.parse(body["view"])
    key = review_modal.removed(str(body["actions"][0]["action_id"]))
    gone = review.keep(actor, desk, filled=filled, without=key)
    shown = review.load(actor, desk, window_id=filled.window_id, fallen=gone)
    view = _reviewed(actor, desk, shown, filled.page)
    client.views_update(view_id=body["view"]["id"], view=view)


def leave_review(
    ack: Ack, actor: Actor, desk: Desk, client: WebClient, body: dict[str, Any]
) -> None:
    """Back on the list, which does not know yet what was taken out; what was typed is kept."""
    ack()
    filled = review_modal.left(body["view"])
    if filled is not None:
        review.keep(actor, desk, filled=filled)
    beneath = body["view"].get("previous_view_id")
    if body.get("is_cleared") or not beneath:
        return
    look = service.change(actor, desk, screen=Screen(modal.window_id(body["view"])))
    client.views_update(view_id=beneath, view=modal.view(look))


def send(ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any]) -> None:
    """Send, or Ask for approval."""
    filled = review_modal.parse(view)
    try:
        done = sending.send(actor, desk, filled=filled)
    except Mistyped as error:
        _tell_mistakes(ack, actor, desk, view, error)
        return
    if isinstance(done, Again):
        again = _reviewed(actor, desk, done.review, filled.page, done.notice)
        ack(response_action="update", view=again)
        return
    ack(response_action="update", view=review_modal.done(done))


def _tell_mistakes(
    ack: Ack, actor: Actor, desk: Desk, view: dict[str, Any], error: Mistyped
) -> None:
    """At their fields; those of other pages stand beside theirs once the page is shown."""
    here = {block["block_id"] for block in view["blocks"]}
    fields = {name: said for name, said in error.fields.items() if name in here}
    if fields:
        raise InvalidInput(fields) from error
    page = review_modal.page_of(error.review, next(iter(error.mistakes)))
    notice = "Nothing was sent: addresses on this page are to be mended."
    ack(response_action="update", view=_reviewed(actor, desk, error.review, page, notice))


def _reviewed(
    actor: Actor, desk: Desk, shown: Review, page: int = 0, notice: str = ""
) -> dict[str, Any]:
    if not shown.mails:
        return review_modal.empty(shown)
    url = previews.csv_url(desk, actor, table="selection", ref=shown.selection_id)
    return review_modal.view(shown, url, page, notice)

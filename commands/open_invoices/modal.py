"""The list of open invoices with its check boxes, and what it says when something is pressed.

The modal carries the id of its window. The names of its blocks carry the version of the drawing:
Slack keeps what a person ticked in a block that it knows, whatever the new one should begin with.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from commands import freshness
from commands import view_parts as parts
from commands.open_invoices import filtering, words
from commands.open_invoices.merging import Screen
from commands.open_invoices.service import Look
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.plain_text import one_line
from storage.candidates import Row
from storage.money import Money

TITLE = "Open Invoices"
REVIEW = "pay.open.review"  # the button that submits
TICK = "pay.open.tick"
SEARCH = "pay.open.search"
FILTER = "pay.open.filter"
SHOW_ALL = "pay.open.unfilter"
REFUSED = "pay.open.refused"
MOVE = "pay.open.move."  # and the step
GO_ON, START_AGAIN = MOVE + "look", MOVE + "clear"

_GROUP = 10  # check boxes that one element can hold
_SHOWN_REFUSED = 5
_ROWS = "rows."


def view(look: Look, notice: str = "") -> View:
    """`notice` (mrkdwn) stands on top."""
    blocks = [
        *([parts.section(f":warning: {notice}")] if notice else []),
        *words.fallen(look.fallen),
        _search_box(look),
        *_filter(look),
        parts.section(words.ticked(look.counts)),
        *_buttons(look),
        *_groups(look),
        *([] if look.rows else [parts.section(_nothing(look))]),
        *_pages(look),
        *_refused(look),
        *freshness.blocks(look.imported_at),
    ]
    metadata = json.dumps({"window": look.window_id})
    submit = {"callback_id": REVIEW, "submit": "Send Payment Links"}
    return parts.form(TITLE, blocks, metadata=metadata, **submit) | {"close": parts.plain("Close")}


def offer(look: Look) -> View:
    """What was ticked before and is not sent, or was sent back: whether to go on with it."""
    buttons = [
        parts.button("Go on", GO_ON, style="primary"),
        parts.button("Start again", START_AGAIN),
    ]
    before = words.sent_back(look.sent_back) if look.sent_back else "From before:"
    told = parts.section(f"{before} {words.ticked(look.counts)}")
    blocks = [*words.fallen(look.fallen), told, parts.actions("offer", *buttons)]
    return parts.modal(TITLE, blocks) | {
        "private_metadata": json.dumps({"window": look.window_id}),
        "callback_id": REVIEW,
    }


def nothing_open() -> View:
    return parts.notice(TITLE, "No invoice is open: nobody owes anything.")


def window_id(view: View) -> str:
    return str(json.loads(view["private_metadata"])["window"])


def screen(view: View) -> Screen:
    """What stands on the screen now, and what it was drawn with."""
    drawn = [block for block in view["blocks"] if block["block_id"].startswith(_ROWS)]
    if not drawn:
        return Screen(window_id(view))
    values, boxes = view["state"]["values"], [block["element"] for block in drawn]
    ticked = [parts.state(values, block["block_id"]) for block in drawn]
    return Screen(
        window_id=window_id(view),
        version=int(str(drawn[0]["block_id"]).split(".")[1]),
        shown=_values(box["options"] for box in boxes),
        initial=_values(box.get("initial_options") for box in boxes),
        ticked=_values(state.get("selected_options") for state in ticked),
    )


def searched(view: View) -> str:
    """What stands in the search box."""
    found = [name for name in view["state"]["values"] if name.startswith("search.")]
    return parts.typed(view["state"]["values"], found[0]) if found else ""


def _values(lists: Any) -> frozenset[str]:
    return frozenset(str(option["value"]) for options in lists for option in options or [])


def _search_box(look: Look) -> Block:
    element = parts.line_box(
        SEARCH,
        most=filtering.MOST_TYPED,
        initial=look.filters.text,
        placeholder="Customer, number or PO",
    )
    element |= {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    field = parts.field(f"search.{look.version}", "Search", element, optional=True)
    return field | {"dispatch_action": True}


def _filter(look: Look) -> list[Block]:
    told = filtering.words(look.filters)
    buttons = [parts.button("Filter", FILTER)]
    if not filtering.is_empty(look.filters):
        buttons.append(parts.button("Show all", SHOW_ALL))
    blocks = [parts.context(f"Filter: {told}")] if told else []
    return [*blocks, parts.actions("filter", *buttons)]


def _buttons(look: Look) -> list[Block]:
    every = parts.button(f"Select all {look.matching:,}", MOVE + "all")
    clear = parts.button("Clear", MOVE + "clear")
    shown = [*([every] if look.matching else []), *([clear] if look.counts.invoices else [])]
    return [parts.actions("ticks", *shown)] if shown else []


def _groups(look: Look) -> Iterator[Block]:
    """The page's rows, customer by customer, ten check boxes at a time."""
    number = 0
    for _, rows in groupby(look.rows, key=lambda row: row.customer_id):
        own = list(rows)
        for start in range(0, len(own), _GROUP):
            yield _boxes(look, number, own[start : start + _GROUP])
            number += 1


def _boxes(look: Look, number: int, rows: Sequence[Row]) -> Block:
    options = [_option(row, look.today) for row in rows]
    initial = [made for made in options if made["value"] in look.ticked]
    block_id = f"{_ROWS}{look.version}.{number}"
    boxes = parts.ticks(TICK, options, initial)
    field = parts.field(block_id, words.name(rows[0]), boxes, optional=True)
    return field | {"dispatch_action": True}


def _option(row: Row, today: date) -> Block:
    amount = block_kit.money(Money(row.balance, row.currency))
    late = (today - row.due_date).days
    due = f"due {block_kit.day(row.due_date)}"
    told = f"{due}, {words.count(late, 'day')} late" if late > 0 else due
    return parts.option(f"{parts.clip(one_line(row.number), 45)} · {amount}", row.number, told)


def _nothing(look: Look) -> str:
    if filtering.is_empty(look.filters):
        return "No open invoice can be ticked."
    return "No open invoice that can be ticked meets this."


def _pages(look: Look) -> list[Block]:
    if look.pages == 1:
        return []
    back = [parts.button("Previous", MOVE + "previous")] if look.page else []
    on = [parts.button("Next", MOVE + "next")] if look.page + 1 < look.pages else []
    told = parts.context(f"Page {look.page + 1} of {look.pages}")
    return [told, parts.actions("pages", *back, *on)]


def _refused(look: Look) -> list[Block]:
    """Who is left out, and why: the first few, the others one press away."""
    if not look.refused:
        return []
    told = [words.refusal(each) for each in look.refused[:_SHOWN_REFUSED]]
    text = parts.context("\n".join(["Cannot be ticked:", *told]))
    more = len(look.refused) - _SHOWN_REFUSED
    every = parts.button(f"All {len(look.refused):,} that cannot", REFUSED)
    return [text, *([parts.actions("refused", every)] if more > 0 else [])]

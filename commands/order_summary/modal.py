"""The Order Summary as a modal, and what it says when a search or a page is asked for."""

import json
from typing import Any

from commands import view_parts as parts
from commands.order_summary.blocks import (
    details_button,
    email_docs_button,
    facts_line,
    invoice_line,
    issue_button,
)
from commands.order_summary.listing import Listing, Query, Row
from commands.orders import modal as order_modal
from commands.view_parts import Block, View
from renderers.mrkdwn import escape

SEARCH = "pay.order.search"
PAGE = "pay.order.page."  # and "previous" or "next"
_SHOWN_INVOICES = 3


def view(listing: Listing, notice: str = "") -> View:
    """`notice` (mrkdwn) stands on top: why this is shown instead of what was asked for."""
    query = listing.query
    blocks = [
        *([parts.context(notice)] if notice else []),
        _search_box(query),
        *([_new_order()] if listing.may_create else []),
        *(block for n, row in enumerate(listing.rows) for block in _row(n, row, query.typed_in)),
        *([] if listing.rows else [parts.section(_nothing(query))]),
        *_pages(listing),
    ]
    kept = json.dumps({"q": query.typed, "page": query.page, "in": query.typed_in})
    return parts.form(
        "Order Summary", blocks, callback_id=SEARCH, submit="Search", metadata=kept
    ) | {"close": parts.plain("Close", 24)}


def searched(view: View) -> Query:
    """What stands in the search box now; its text stays there, for the block keeps its id."""
    state: dict[str, Any] = view["state"]["values"].get("search", {}).get(SEARCH, {})
    return Query(str(state.get("value") or ""), 0, _kept(view)["in"])


def turned(view: View, action_id: str) -> Query:
    """The page before or after; for what was searched, not for what is being typed."""
    kept = _kept(view)
    step = 1 if action_id == PAGE + "next" else -1
    return Query(kept["q"], kept["page"] + step, kept["in"])


def _kept(view: View) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(view["private_metadata"])
    return kept


def _search_box(query: Query) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": SEARCH,
        "max_length": 200,
        "placeholder": parts.plain("Number, PO or customer"),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    element |= {"initial_value": query.typed} if query.typed else {}
    field = parts.field("search", "Search", element, optional=True)
    return field | {"dispatch_action": True}


def _new_order() -> Block:
    return parts.actions("new", parts.button("New order", order_modal.NEW))


def _row(position: int, row: Row, typed_in: str) -> list[Block]:
    number = row.order.number
    buttons = [email_docs_button(number, typed_in), details_button(number, typed_in)]
    lines = [
        f"*{escape(number, 100)}* · {escape(row.customer_name, 100)}",
        facts_line(row.order),
        *(invoice_line(each) for each in row.invoices[:_SHOWN_INVOICES]),
    ]
    if len(row.invoices) > _SHOWN_INVOICES:
        lines.append(f"and {len(row.invoices) - _SHOWN_INVOICES} more")
    small = []
    if not row.invoices:
        lines.append("No invoice yet")
        small = [parts.context(escape(row.why_no_issue, 300))] if row.why_no_issue else []
    if not row.why_no_issue:
        buttons.append(issue_button(number))
    text = parts.section("\n".join(lines))
    return [text, *small, parts.actions(f"order.{position}", *buttons)]


def _nothing(query: Query) -> str:
    if not query.typed:
        return "There are no orders yet." if not query.page else "There are no more orders."
    return f"No order, PO or customer begins with {escape(query.typed)!r}."


def _pages(listing: Listing) -> list[Block]:
    back = [parts.button("Previous", PAGE + "previous")] if listing.query.page else []
    on = [parts.button("Next", PAGE + "next")] if listing.has_more else []
    return [parts.actions("pages", *back, *on)] if back or on else []

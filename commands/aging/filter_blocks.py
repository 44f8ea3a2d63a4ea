"""The filters of Aging / Statements: shown on demand, each applied as soon as it is changed."""

from dataclasses import replace
from typing import Any

from commands import view_parts as parts
from commands.aging import query as queries
from commands.aging import words
from commands.aging.listing import Listing
from commands.aging.query import Query
from commands.desk import Desk
from commands.view_parts import Block, Values, View
from storage.money import BadAmount
from storage.receivables import Worst

SEARCH = "pay.aging.search"
CHANGED = "pay.aging.filter."  # and the filter's name
REPS, GROUPS = CHANGED + "rep", CHANGED + "group"
SHOW = "pay.aging.filters"
CLEAR = "pay.aging.clear"
_ANY = "any"
_ORDERS: dict[Worst, str] = {
    "oldest": "Oldest due first",
    "overdue": "Most overdue money first",
    "largest": "Largest balance first",
}


def blocks(listing: Listing) -> list[Block]:
    query = listing.query
    search = _typed("search", "Name or number of the customer", SEARCH, query.text, query)
    if not query.is_open:
        return [search]
    minimum = f"Owing at least ({listing.default_currency}, or with another currency beside it)"
    return [
        search,
        _input("bucket", "Past due", _ages(query), query),
        _typed("minimum", minimum, CHANGED + "minimum", query.minimum, query),
        _input("rep", "Sales representative", _rep(listing), query),
        _input("group", "Group", _group(query), query),
        _input("order", "Order", _order(query), query),
    ]


def buttons(query: Query) -> list[Block]:
    number = f" ({query.set_filters})" if query.set_filters else ""
    shown = "Hide filters" if query.is_open else f"Filters{number}"
    clear = [parts.button("Clear filters", CLEAR)] if query.set_filters else []
    return [parts.button(shown, SHOW), *clear]


def asked(view: View, desk: Desk) -> tuple[Query, dict[str, str]]:
    """What stands on the screen now, from its first page; by field, what cannot be read.

    A field that is not on the screen is as it was, and so is what cannot be read.
    """
    old, values = queries.read(view["private_metadata"]), view["state"]["values"]
    text = _words(values, f"search.{old.form}", old.text)[: queries.MOST_TYPED]
    new = replace(old, text=text.strip(), page=0)
    if not old.is_open:
        return new, {}
    new = replace(
        new,
        bucket=_choice(values, f"bucket.{old.form}", old.bucket),
        sales_rep=_choice(values, f"rep.{old.form}", old.sales_rep),
        group=_choice(values, f"group.{old.form}", old.group),
        order=_choice(values, f"order.{old.form}", old.order),
    )
    return _with_minimum(new, _words(values, f"minimum.{old.form}", old.minimum).strip(), desk)


def _with_minimum(query: Query, typed: str, desk: Desk) -> tuple[Query, dict[str, str]]:
    try:
        if typed:
            queries.read_minimum(typed, desk.policy.default_currency)
    except BadAmount as error:
        return query, {f"minimum.{query.form}": str(error)}
    return replace(query, minimum=typed), {}


def _words(values: Values, block_id: str, otherwise: str) -> str:
    return parts.typed(values, block_id) if block_id in values else otherwise


def _choice(values: Values, block_id: str, otherwise: str) -> str:
    chosen = parts.chosen(values, block_id) if block_id in values else otherwise
    return "" if chosen == _ANY else chosen


def _input(name: str, label: str, element: Block, query: Query) -> Block:
    """Slack keeps what stands in a block of the same id, so a form that is set anew has others."""
    field = parts.field(f"{name}.{query.form}", label, element, optional=True)
    return field | {"dispatch_action": True}


def _typed(name: str, label: str, action_id: str, initial: str, query: Query) -> Block:
    element: Block = parts.line_box(action_id, most=queries.MOST_TYPED, initial=initial)
    element |= {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    return _input(name, label, element, query)


def _ages(query: Query) -> Block:
    options = [parts.option("Any age", _ANY)]
    options += [parts.option(text, name) for name, text in words.AGES.items()]
    return parts.select(CHANGED + "bucket", options, chosen=_of(options, query.bucket or _ANY))


def _order(query: Query) -> Block:
    options = [parts.option(text, name) for name, text in _ORDERS.items()]
    return parts.select(CHANGED + "order", options, chosen=_of(options, query.worst))


def _rep(listing: Listing) -> Block:
    person = listing.query.sales_rep
    chosen = parts.option(listing.sales_rep or person, person) if person else anybody()
    return _external(REPS, chosen)


def _group(query: Query) -> Block:
    chosen = parts.option(query.group, query.group) if query.group else any_group()
    return _external(GROUPS, chosen)


def anybody() -> Block:
    return parts.option("Anybody", _ANY)


def any_group() -> Block:
    return parts.option("Any group", _ANY)


def _external(action_id: str, chosen: Block) -> Block:
    return {
        "type": "external_select",
        "action_id": action_id,
        "min_query_length": 0,
        "initial_option": chosen,
    }


def _of(options: list[Block], value: str) -> Any:
    return next((one for one in options if one["value"] == value), None)

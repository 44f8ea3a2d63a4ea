"""The form of the filter, its parser beside it, and the list of those who cannot be ticked."""

import json
from collections.abc import Sequence
from datetime import date

from commands import customer_choice
from commands import view_parts as parts
from commands.errors import InvalidInput
from commands.open_invoices import filtering, words
from commands.rules.amounts import read_money
from commands.view_parts import Block, Values, View
from renderers.plain_text import one_line
from storage.ages import Bucket
from storage.candidates import Refusal
from storage.customers import Customer
from storage.money import BadAmount, Money
from storage.receivables import Filters

FORM = "open"  # among the fields for a customer
SUBMIT = "pay.open.filter.submit"
PAGE = "pay.open.refused.page."  # and "previous" or "next"
_MOST_CUSTOMERS = 50
_ON_A_PAGE = 40
_LONGEST_VALUE = 150  # characters of an option's value


def form(
    window_id: str, filters: Filters, groups: Sequence[str], chosen: Sequence[Customer], code: str
) -> View:
    """`code`: the currency in which the minimum is asked for."""
    blocks = [
        _customers(chosen),
        _bucket(filters.bucket),
        _day("after", "Due from", filters.due_after),
        _day("before", "Due until", filters.due_before),
        _minimum(filters.minimum, code),
        _sales_rep(filters.sales_rep),
        *_group(groups, filters.group),
    ]
    metadata = json.dumps({"window": window_id, "text": filters.text, "code": code})
    return parts.form("Filter", blocks, callback_id=SUBMIT, submit="Show", metadata=metadata)


def parse(view: View) -> tuple[str, Filters]:
    """The window and its filters. Raises `InvalidInput` by field."""
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    found = Filters(
        text=kept["text"],
        bucket=_bucket_of(values),
        minimum=_minimum_of(values, kept["code"]),
        sales_rep=str(parts.state(values, "sales_rep").get("selected_user") or ""),
        group=parts.chosen(values, "group"),
        due_after=_day_of(values, "after"),
        due_before=_day_of(values, "before"),
        customer_ids=_customers_of(values),
    )
    if found.due_after and found.due_before and found.due_after > found.due_before:
        raise InvalidInput({"before": "This is before the other day."})
    return kept["window"], found


def refused(window_id: str, everybody: Sequence[Refusal], page: int = 0) -> View:
    last = max(-(-len(everybody) // _ON_A_PAGE) - 1, 0)
    page = min(max(page, 0), last)
    shown = everybody[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    back = [parts.button("Previous", PAGE + "previous")] if page else []
    on = [parts.button("Next", PAGE + "next")] if page < last else []
    blocks = [parts.section(words.refusal(each)) for each in shown]
    blocks += [parts.actions("pages", *back, *on)] if back or on else []
    view = parts.modal("Cannot be ticked", blocks or [parts.section("Everybody can be asked.")])
    return view | {"private_metadata": json.dumps({"window": window_id, "page": page})}


def turned(view: View, action_id: str) -> tuple[str, int]:
    """The window, and the page of that list that is asked for."""
    kept = json.loads(view["private_metadata"])
    return kept["window"], kept["page"] + (1 if action_id == PAGE + "next" else -1)


def _customers(chosen: Sequence[Customer]) -> Block:
    select: Block = customer_choice.select(FORM) | {
        "type": "multi_external_select",
        "max_selected_items": _MOST_CUSTOMERS,
    }
    initial = [customer_choice.choice(row) for row in chosen]
    select |= {"initial_options": initial} if initial else {}
    return parts.field("customers", "Customers", select, optional=True)


def _customers_of(values: Values) -> tuple[str, ...]:
    chosen = parts.state(values, "customers").get("selected_options") or []
    ids = [str(option["value"]) for option in chosen]
    return tuple(sorted({each for each in ids if not customer_choice.is_hint(each)}))


def _bucket(current: Bucket | None) -> Block:
    options = [parts.option(each.words.capitalize(), each.value) for each in filtering.CHOICES]
    initial = next((made for made in options if made["value"] == current), None)
    select = parts.select("bucket", options, chosen=initial)
    return parts.field("bucket", "How late", select, optional=True)


def _bucket_of(values: Values) -> Bucket | None:
    chosen = parts.chosen(values, "bucket")
    return next((each.value for each in filtering.CHOICES if each.value == chosen), None)


def _day(name: str, label: str, initial: date | None) -> Block:
    return parts.field(name, label, parts.day_picker(name, initial), optional=True)


def _day_of(values: Values, name: str) -> date | None:
    chosen = parts.state(values, name).get("selected_date")
    return date.fromisoformat(chosen) if chosen else None


def _minimum(current: Money | None, code: str) -> Block:
    box = parts.line_box("minimum", most=40, initial=f"{current.whole:f}" if current else "")
    label, hint = f"Balance from ({code})", f"Only invoices in {code} are shown then."
    return parts.field("minimum", label, box, optional=True, hint=hint)


def _minimum_of(values: Values, code: str) -> Money | None:
    typed = parts.typed(values, "minimum").strip()
    if not typed:
        return None
    try:
        return read_money(typed, code)
    except BadAmount as error:
        raise InvalidInput({"minimum": str(error)}) from None


def _sales_rep(current: str) -> Block:
    element: Block = {"type": "users_select", "action_id": "sales_rep"}
    element |= {"initial_user": current} if current else {}
    return parts.field("sales_rep", "Sales representative", element, optional=True)


def _group(groups: Sequence[str], current: str) -> list[Block]:
    """Only where customers are in groups."""
    fitting = [name for name in groups if one_line(name) and len(name) <= _LONGEST_VALUE]
    options = [parts.option(one_line(name), name) for name in fitting]
    if not options:
        return []
    initial = next((made for made in options if made["value"] == current), None)
    select = parts.select("group", options, chosen=initial)
    return [parts.field("group", "Group", select, optional=True)]

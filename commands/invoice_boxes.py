"""Open invoices as check boxes by tens, and what is ticked in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from commands import view_parts as parts
from commands.take_payment.due import OpenItem
from commands.view_parts import Block, Values
from renderers import block_kit

MOST = 50
_GROUP = 10  # check boxes that one element can hold
_NAME = "invoices."

_BY_AGE, _TICKED = "oldest", "ticked"


@dataclass(frozen=True, slots=True)
class Boxes:
    """`scope` keeps ticks of another customer or currency from staying on the screen."""

    items: Sequence[OpenItem]
    ticked: Collection[str]
    scope: str
    label: str = "Open invoices"


def blocks(boxes: Boxes) -> list[Block]:
    """The ticked ones, then the others by when they are due, fifty in all; a line tells of more."""
    shown = sorted(boxes.items, key=lambda item: item.invoice.number not in boxes.ticked)[:MOST]
    groups = [shown[start : start + _GROUP] for start in range(0, len(shown), _GROUP)]
    made = [_group(number, group, boxes) for number, group in enumerate(groups)]
    if len(boxes.items) > MOST:
        rest = len(boxes.items) - MOST
        made.append(parts.context(f"{rest} more, due later: typed with the command, one is here."))
    return made


def how(boxes: Boxes, *, hint: str) -> list[Block]:
    """Oldest first, or the ones that are ticked; `ticked` chosen when there are some."""
    by_age = parts.option("Oldest first", _BY_AGE, "What was due first is paid first")
    chosen = parts.option("The invoices ticked below", _TICKED, "In the order of their due dates")
    radio = parts.radio("how", [by_age, chosen], chosen if boxes.ticked else by_age)
    return [parts.field("how", "Put it on", radio, optional=False, hint=hint), *blocks(boxes)]


def chosen(values: Values) -> tuple[str, ...] | None:
    """The numbers of the invoices to be paid; None: by age."""
    return ticked(values) if parts.chosen(values, "how") == _TICKED else None


def ticked(values: Values) -> tuple[str, ...]:
    found: list[str] = []
    for block, state in values.items():
        if block.startswith(_NAME):
            boxes: dict[str, Any] = next(iter(state.values()), {})
            found += [str(option["value"]) for option in boxes.get("selected_options") or []]
    return tuple(found)


def _group(number: int, group: Sequence[OpenItem], boxes: Boxes) -> Block:
    options = [_option(item) for item in group]
    initial = [made for made in options if made["value"] in boxes.ticked]
    label = boxes.label if number == 0 else "More open invoices"
    block_id = f"{_NAME}{number}.{boxes.scope}"
    return parts.field(block_id, label, parts.ticks("ticked", options, initial), optional=True)


def _option(item: OpenItem) -> Block:
    invoice = item.invoice
    rest = f" · {block_kit.money(invoice.balance)} · due {block_kit.day(invoice.due_date)}"
    name = parts.clip(invoice.number, max(75 - len(rest), 12))
    return parts.option(f"{name}{rest}", invoice.number, _why_apart(item))


def _why_apart(item: OpenItem) -> str:
    """Why "Oldest first" leaves it out, or a part of it."""
    if item.disputed:
        return "In dispute: nothing is put on it unless it is ticked"
    under_way = f"{block_kit.money(item.pending)} by bank debit is under way"
    return under_way if item.pending else ""

"""The list of schedules, and the form for one, in the same window."""

import json
from datetime import date
from typing import TypeVar, get_args

from commands import view_parts as parts
from commands.errors import InvalidInput
from commands.rules.periods import Cadence
from commands.schedules import words
from commands.schedules.service import Listed, Wanted
from commands.view_parts import Block, View
from renderers.mrkdwn import escape
from storage.schedules import Audience, Schedule
from storage.statements import StatementType

One = TypeVar("One", bound=str)

ADD = "pay.schedules.add"
CHANGE = "pay.schedules.change"
PAUSE = "pay.schedules.pause"
RESUME = "pay.schedules.resume"
SAVE = "pay.schedules.save"
TITLE = "Period-end statements"
_EVERYONE = "*"
_MOST_SHOWN = 30
_MOST_GROUPS = 98
_LONGEST_VALUE = 150


def listing(listed: list[Listed], *, said: str = "") -> View:
    """`said` (mrkdwn) stands on top: what was just done."""
    shown = [block for one in listed[:_MOST_SHOWN] for block in _row(one)]
    nothing = parts.section("No statements go out by themselves yet.")
    blocks = [
        *([parts.section(said)] if said else []),
        *(shown or [nothing]),
        parts.actions("add", parts.button("Add a schedule", ADD)),
        parts.context(
            "A period closes at 18:00 on its last day. The payments channel hears the day before"
            " what will go and what cannot."
        ),
    ]
    return parts.modal(TITLE, blocks)


def _row(listed: Listed) -> list[Block]:
    row, runs = listed.schedule, listed.schedule.state == "active"
    coming = (
        f"Next: {words.days(listed.next)}, on {words.weekday(listed.next.end)} at 18:00"
        if runs
        else "Paused"
    )
    text = (
        f"*{words.CADENCES[row.cadence]}* for {escape(words.whom(row.customer_group))}\n"
        f"{words.summary(row)}\n{coming}"
    )
    other = parts.button("Pause", PAUSE, value=row.id)
    if not runs:
        other = parts.button("Go on", RESUME, value=row.id)
    buttons = parts.actions(f"row.{row.id}", parts.button("Change", CHANGE, value=row.id), other)
    return [parts.section(text), buttons]


def form(today: date, groups: list[str], row: Schedule | None = None) -> View:
    """`row` None: a new one. `groups`: those that customers are in."""
    starts_on = row.starts_on if row else today
    blocks = [
        _radio("cadence", "How often", _cadences(), row.cadence if row else "monthly"),
        parts.field("group", "Customers", _groups(groups, row), optional=False),
        _radio("audience", "Which of them", _options(words.AUDIENCES), _audience(row)),
        _radio("type", "Statement type", _options(words.TYPES), _type(row)),
        _link(with_link=row is None or row.with_link),
        parts.field(
            "starts_on",
            "First day",
            parts.day_picker("starts_on", starts_on),
            optional=False,
            hint="Periods that end before this day are never sent; later ones that have closed"
            " already are sent at once.",
        ),
    ]
    metadata = json.dumps({"id": row.id if row else ""})
    title = "Change schedule" if row else "New schedule"
    return parts.form(title, blocks, callback_id=SAVE, submit="Save", metadata=metadata)


def parse(view: View) -> Wanted:
    """Raises `InvalidInput` for what Slack would not have sent."""
    values = view["state"]["values"]
    group = parts.chosen(values, "group")
    return Wanted(
        id=str(json.loads(view["private_metadata"])["id"]),
        cadence=_one_of("cadence", get_args(Cadence), parts.chosen(values, "cadence")),
        group="" if group == _EVERYONE else group,
        audience=_one_of("audience", get_args(Audience), parts.chosen(values, "audience")),
        type=_one_of("type", get_args(StatementType), parts.chosen(values, "type")),
        with_link=parts.is_ticked(values, "link"),
        starts_on=_day(parts.state(values, "starts_on").get("selected_date")),
    )


def _day(typed: str | None) -> date:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        raise InvalidInput({"starts_on": "Please choose a day."}) from None


def _one_of(name: str, known: tuple[One, ...], value: str) -> One:
    found = next((one for one in known if one == value), None)
    if found is None:
        raise InvalidInput({name: "Please choose one."})
    return found


def _cadences() -> list[Block]:
    return [parts.option(label, name, words.ENDS[name]) for name, label in words.CADENCES.items()]


def _options(labels: dict[Audience, str] | dict[StatementType, str]) -> list[Block]:
    return [parts.option(label, name) for name, label in labels.items()]


def _audience(row: Schedule | None) -> str:
    return row.audience if row else "with_balance"


def _type(row: Schedule | None) -> str:
    return row.type if row else "open_items_unpaid"


def _radio(name: str, label: str, options: list[Block], value: str) -> Block:
    chosen = next(one for one in options if one["value"] == value)
    return parts.field(name, label, parts.radio(name, options, chosen), optional=False)


def _groups(groups: list[str], row: Schedule | None) -> Block:
    own = [row.customer_group] if row and row.customer_group else []
    known = [name for name in dict.fromkeys([*own, *groups]) if len(name) <= _LONGEST_VALUE]
    everyone = parts.option("Everyone without a schedule of their own", _EVERYONE)
    options = [everyone, *(parts.option(name, name) for name in known[:_MOST_GROUPS])]
    wanted = own[0] if own else _EVERYONE
    return parts.select("group", options, chosen=next(o for o in options if o["value"] == wanted))


def _link(*, with_link: bool) -> Block:
    choice = parts.option("Payment Link", "link", "Wherever the customer's links are enabled")
    box = parts.ticks("link", [choice], [choice] if with_link else [])
    return parts.field("link", "Payment Link", box, optional=True)

"""The message of the day before a period ends: what will go, and what needs a look first."""

from dataclasses import dataclass
from datetime import date

from renderers.block_kit import Block, context, day, plain_text, section
from renderers.mrkdwn import escape
from renderers.slack_values import SlackContent

MEND = "pay.period_end.mend"
SHOWN = 20  # customers with a button; a message holds fifty blocks


@dataclass(frozen=True, slots=True)
class Trouble:
    """`stops`: without a mend there will be no statement; else it goes, differently."""

    customer_id: str
    name: str
    reason: str
    stops: bool


@dataclass(frozen=True, slots=True)
class PreFlight:
    """`going`: statements that will leave if nothing changes; counts are of customers."""

    whom: str
    start: date
    end: date
    going: int
    stopped: int
    troubled: int
    reasons: tuple[tuple[str, int], ...]  # most frequent first
    troubles: tuple[Trouble, ...]  # the first few


def pre_flight(news: PreFlight) -> SlackContent:
    """Each customer that needs a look has a button to the form where it can be mended."""
    period = f"{day(news.start)} to {day(news.end)}"
    going = "1 statement goes" if news.going == 1 else f"{news.going} statements go"
    head = (
        f"*Statements for {period}* ({escape(news.whom)})\n"
        f"They leave on {news.end:%A} at 18:00: {going} out, {_stopped(news.stopped)}."
    )
    blocks: list[Block] = [section(head)]
    if news.reasons:
        lines = [f"• {number} {escape(reason)}" for reason, number in news.reasons]
        blocks.append(section("\n".join(lines)))
    blocks += [_trouble(trouble) for trouble in news.troubles[:SHOWN]]
    more = news.troubled - min(len(news.troubles), SHOWN)
    if more > 0:
        blocks.append(context(f"and {more} more. `/pay customer` opens any of them."))
    return SlackContent(f"Statements for {period}: {going} out, {_stopped(news.stopped)}", blocks)


def _stopped(number: int) -> str:
    return "all can" if not number else f"{number} cannot"


def _trouble(trouble: Trouble) -> Block:
    mark = ":no_entry:" if trouble.stops else ":warning:"
    button: Block = {
        "type": "button",
        "action_id": MEND,
        "text": plain_text("Open settings"),
        "value": trouble.customer_id,
        "accessibility_label": f"Open settings of {trouble.name}"[:75],
    }
    text = f"{mark} *{escape(trouble.name, 80)}*: {escape(trouble.reason, 200)}"
    return section(text) | {"accessory": button}

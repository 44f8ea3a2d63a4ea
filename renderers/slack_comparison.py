"""What the payments channel is told when ledger and Stripe differ: a short list, then a table."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from renderers.block_kit import context, day, section
from renderers.mrkdwn import escape
from renderers.slack_values import SlackContent

LISTED = 10  # rows in words
MOST_ROWS = 400  # rows of the whole post, more than fit
_TABLES, _TABLE_LIMIT = 2, 2900  # of the 3,000 characters a section may have
_LINES = 5  # in one section
_SIDE = 90  # characters of what one side says
_TITLES = {
    "missing_here": "in Stripe, not in the ledger",
    "missing_there": "in the ledger, not in Stripe",
    "amount": "the amounts differ",
    "status": "the states differ",
    "overdue": "under way too long",
}
_HEADER = "what,id,payment,problem,ledger,stripe"
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """`ours` and `theirs` are plain text; "–": it is not there."""

    what: str
    id: str
    payment_id: str
    kind: str
    ours: str
    theirs: str
    url: str  # in Stripe's Dashboard, or ""


@dataclass(frozen=True, slots=True)
class ComparisonNotice:
    """`rows`: the first ones of `total`."""

    night: date
    total: int
    rows: tuple[DifferenceRow, ...]


def comparison_notice(notice: ComparisonNotice) -> SlackContent:
    many = "1 difference" if notice.total == 1 else f"{notice.total} differences"
    said = f"Ledger and Stripe do not agree: {many}, {day(notice.night)}"
    blocks = [section(f":warning: *{said}*")]
    blocks += map(section, difference_lines(notice.rows[:LISTED]))
    tables, shown = _tables(notice.rows[LISTED:])
    blocks += [section(f"```{table}```") for table in tables]
    left = notice.total - min(len(notice.rows), LISTED) - shown
    more = f"… and {left} more. " if left else ""
    hint = "Nothing was changed. An Admin finds them all with `/pay account`."
    blocks.append(context(more + hint))
    return SlackContent(said, blocks)


def difference_lines(rows: Sequence[DifferenceRow]) -> list[str]:
    """As mrkdwn, in pieces that a section can hold."""
    lines = [difference_line(row) for row in rows]
    return ["\n".join(lines[n : n + _LINES]) for n in range(0, len(lines), _LINES)]


def difference_line(row: DifferenceRow) -> str:
    """In less than 500 characters."""
    name = escape(row.id, 60)
    named = f"<{row.url}|{name}>" if row.url else name
    sides = [
        f"{whose} {escape(said, _SIDE)}"
        for whose, said in (("ledger", row.ours), ("Stripe", row.theirs))
        if said != _NOTHING
    ]
    return f"• {row.what.capitalize()} {named}: {_TITLES[row.kind]} ({'; '.join(sides)})"


def _tables(rows: Sequence[DifferenceRow]) -> tuple[list[str], int]:
    """As much CSV as fits, in pieces of whole lines, and how many rows that are."""
    pieces, shown = list[str](), 0
    piece = escape(_HEADER)
    for line in _lines(rows):
        if len(piece) + len(line) + 1 > _TABLE_LIMIT:
            pieces.append(piece)
            piece = ""
        if len(pieces) == _TABLES:
            return pieces, shown
        piece, shown = f"{piece}\n{line}" if piece else line, shown + 1
    return ([*pieces, piece] if shown else []), shown


def _lines(rows: Sequence[DifferenceRow]) -> Iterator[str]:
    for row in rows:
        text = io.StringIO()
        cells = (row.what, row.id, row.payment_id, row.kind, row.ours[:_SIDE], row.theirs[:_SIDE])
        csv.writer(text, lineterminator="").writerow(cells)
        yield escape(text.getvalue(), 400)

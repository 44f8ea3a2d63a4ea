"""Slack's side of the report on automatic invoices: the whole list behind "Show all"."""

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import view_parts as parts
from commands.access import Actor, Permission, require
from commands.automatic_invoices import report
from commands.desk import Desk
from commands.view_parts import Block, View
from renderers.slack_automatic import gap_line, gap_lists
from renderers.slack_values import AutomaticReport

_LINES = 10  # in one section, so that none is longer than Slack takes
_MOST_BLOCKS = 98


def show_all(actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]) -> None:
    """As things are now, not as they were when the report was posted."""
    require(actor, Permission.SEE_INVOICES)
    ack()
    run_id = int(body["actions"][0]["value"])
    with desk.database.reading() as session:
        found = report.assemble(session, run_id)
    client.views_open(trigger_id=body["trigger_id"], view=whole_list(found))


def whole_list(report: AutomaticReport) -> View:
    """Up to 980 lines; what is beyond that is counted."""
    lines = [
        line for title, gaps in gap_lists(report) for line in (f"*{title}*", *map(gap_line, gaps))
    ]
    shown = lines[: _MOST_BLOCKS * _LINES]
    blocks: list[Block] = [
        parts.section("\n".join(shown[start : start + _LINES]))
        for start in range(0, len(shown), _LINES)
    ]
    if len(lines) > len(shown):
        blocks.append(parts.context(f"… and {len(lines) - len(shown)} more: see export-ledger"))
    return parts.modal("Automatic invoices", blocks)

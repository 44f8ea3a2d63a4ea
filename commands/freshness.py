"""How fresh the ledger is, for whoever decides by what it says."""

from datetime import datetime

from sqlmodel import Session

from commands import view_parts as parts
from commands.desk import Desk
from commands.view_parts import Block, View
from renderers.mrkdwn import local_time
from storage import import_runs

MOST_BLOCKS = 100  # of a modal


def imported_at(session: Session) -> datetime | None:
    """None where nothing was ever imported: then the ledger is the source itself."""
    run = import_runs.last_applied(session)
    return run.at if run else None


def blocks(at: datetime | None) -> list[Block]:
    return [parts.context(f"Data as of {local_time(at)}")] if at else []


def blocks_now(desk: Desk) -> list[Block]:
    with desk.database.reading() as session:
        return blocks(imported_at(session))


def stamped(desk: Desk, view: View) -> View:
    """The view with that line at its end, where Slack has room for it."""
    lines = blocks_now(desk) if len(view["blocks"]) < MOST_BLOCKS else []
    return view | {"blocks": [*view["blocks"], *lines]}

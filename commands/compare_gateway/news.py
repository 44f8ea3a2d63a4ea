"""The differences of one night as they are shown."""

from datetime import date

from sqlmodel import Session

from commands import dashboard
from commands.desk import Desk
from commands.errors import NotFound
from renderers.slack_comparison import MOST_ROWS, ComparisonNotice, DifferenceRow
from storage import comparisons
from storage.comparisons import ComparisonDifference


def notice(session: Session, desk: Desk, night: date) -> ComparisonNotice:
    """Raises `NotFound`."""
    if comparisons.find(session, night) is None:
        raise NotFound("That comparison is not known.")
    rows = comparisons.differences(session, night, limit=MOST_ROWS)
    total = comparisons.count_differences(session, night)
    return ComparisonNotice(night, total, tuple(shown(desk, row) for row in rows))


def shown(desk: Desk, row: ComparisonDifference) -> DifferenceRow:
    return DifferenceRow(
        what=row.what,
        id=row.object_id,
        payment_id=row.payment_id,
        kind=row.kind,
        ours=row.ours,
        theirs=row.theirs,
        url=_url(desk, row),
    )


def _url(desk: Desk, row: ComparisonDifference) -> str:
    if row.what == "payout":
        return dashboard.payout(desk, row.object_id)
    named = row.payment_id or row.object_id
    return dashboard.payment(desk, named) if named.startswith(("pi_", "ch_", "py_")) else ""

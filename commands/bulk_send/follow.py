"""What a bulk send's batch means for its approval, and what was paid of it since."""

from sqlmodel import Session

from commands.approvals import request
from commands.desk import Desk
from storage import approvals, bulk_sends
from storage.approvals import ApprovalStatus
from storage.batches import Batch, BatchStatus
from storage.money import Money

_FOLLOWS: dict[BatchStatus, ApprovalStatus] = {
    "sending": "sending",
    "done": "done",
    "partial": "partial",
    "stopped": "stopped",
}


def status_changed(session: Session, desk: Desk, batch: Batch) -> None:
    """The request shows what became of it; most sends have none."""
    status = _FOLLOWS.get(batch.status)
    if status is None:
        return
    if batch.status == "stopped" and batch.ending == "undone":
        status = "recalled"
        bulk_sends.close(session, batch.subject)
    row = approvals.find(session, batch.subject)
    if row is not None and approvals.move(session, row.id, status, came_from=row.status):
        request.show_as_it_is(session, desk, row, again=str(batch.rounds or ""))


def settled_since(session: Session, batch: Batch) -> dict[str, int]:
    """Minor units by currency that were settled of what its mails asked for."""
    sums = bulk_sends.asked_by_mail(session, batch.subject)
    return {currency: settled for currency, (_, settled) in sums.items() if settled}


def settled_of_asked(session: Session, batch: Batch) -> tuple[tuple[Money, Money], ...]:
    """The same beside what was asked for; nothing while nothing was settled."""
    sums = bulk_sends.asked_by_mail(session, batch.subject)
    return tuple(
        (Money(settled, currency), Money(asked, currency))
        for currency, (asked, settled) in sorted(sums.items())
        if settled
    )


def approved_by(session: Session, batch: Batch) -> str:
    """A Slack id, or "" when nobody was asked."""
    row = bulk_sends.find(session, batch.subject)
    return row.approved_by if row else ""

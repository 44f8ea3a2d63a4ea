"""A bulk send that may go: approved by somebody, or within the limits."""

from datetime import timedelta

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, Permission
from commands.approvals.request import fingerprint
from commands.batches import service as batches
from commands.batches.service import BatchOrder
from commands.bulk_send import content
from commands.bulk_send.looking import payable
from commands.desk import Desk
from commands.errors import Changed, Refused
from commands.people.actors import find_actor
from storage import bulk_sends
from storage.approvals import Approval
from storage.bulk_sends import BulkSend, BulkSendInvoice
from storage.invoices import Invoice


def start(session: Session, actor: Actor, desk: Desk, row: BulkSend) -> None:
    """Held for Undo from now on; a worker queues the mails meanwhile."""
    row.status = "preparing"
    session.add(row)
    hold = timedelta(seconds=desk.policy.bulk_hold_seconds)
    order = BatchOrder(
        id=row.id,
        kind="bulk",
        subject=row.id,
        title=content.title(row.customers, row.mails),
        total=row.mails,
        leaves_at=desk.clock.now() + hold,
        requested_by=row.requested_by,
    )
    batches.begin(session, actor, desk, order)


def start_approved(
    session: Session, actor: Actor, desk: Desk, approval: Approval, seen: str = ""
) -> None:
    """What `actor` approves; `seen`: the fingerprint of what grew, as it was shown to them.

    Raises `Refused` when it no longer fits, `Changed` when it asks for more than was seen. What
    asks for less, or cannot go any more, is left out when its mail is queued.
    """
    asker, is_active = find_actor(session, approval.requested_by)
    if not (is_active and asker.may(Permission.BUILD_BULK_SEND)):
        raise Refused("Whoever asked for it may no longer send anything: please reject it.")
    row = bulk_sends.lock(session, approval.id)
    if row is None or not bulk_sends.anything_open(session, row.id):
        raise Refused("Nothing of it is left to send: please reject it.")
    _agree(session, actor, desk, row, seen)
    row.approved_by = actor.id
    start(session, actor, desk, row)


def more_than_agreed(
    session: Session, bulk_send_id: str
) -> list[tuple[BulkSendInvoice, Invoice, int]]:
    """Invoices that ask for more than was agreed on, with the minor units that they ask for."""
    rows = bulk_sends.grown(session, bulk_send_id)
    asks = payable(session, (invoice for _, invoice in rows))
    found = ((agreed, invoice, asks[invoice.number]) for agreed, invoice in rows)
    return [each for each in found if each[2] > each[0].balance]


def seen_as(grown: list[tuple[BulkSendInvoice, Invoice, int]]) -> str:
    """What a decision is bound to beside the request itself; "" while nothing grew."""
    if not grown:
        return ""
    return fingerprint({invoice.number: asks for _, invoice, asks in grown})


def _agree(session: Session, actor: Actor, desk: Desk, row: BulkSend, seen: str) -> None:
    """Raise what was agreed on to what the person has seen, and nothing else."""
    grown = more_than_agreed(session, row.id)
    if seen_as(grown) != seen and grown:
        first = grown[0][1].number
        more = f" and {len(grown) - 1} more" if len(grown) > 1 else ""
        raise Changed(
            f"{first}{more} asks for more than the request says, so it has to be approved again."
            " Please open the review again and look."
        )
    for agreed, invoice, asks in grown:
        detail = {"invoice": invoice.number, "asked": agreed.balance, "agreed": asks}
        auditing.record(session, actor, desk, "approve_growth", row.id, **detail)  # type: ignore[arg-type]  # plain JSON
        agreed.balance = asks
        session.add(agreed)

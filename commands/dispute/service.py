"""Taking a dispute: one owner, who sees to the evidence."""

from commands import auditing, outbox
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from storage import deliveries, disputes, users
from storage.unit_of_work import repeatable


@audited("take_dispute", about="dispute_id")
@repeatable
def take(actor: Actor, desk: Desk, *, dispute_id: str) -> None:
    """Raises `NotFound`, or `Refused` with who has it already."""
    require(actor, Permission.TAKE_DISPUTE)
    with desk.database.writing() as session:
        found = disputes.find(session, dispute_id)
        if found is None:
            raise NotFound("That dispute is not known.")
        if not found.is_open:
            raise Refused("That dispute is closed already.")
        now = desk.clock.now()
        if not disputes.take(session, dispute_id, actor.id, now):
            session.refresh(found)
            owner = users.find(session, found.taken_by or "")
            raise Refused(f"{owner.name if owner else found.taken_by} has it already.")
        post = deliveries.find_by_key(session, f"dispute-post:{dispute_id}")
        if post is not None:
            outbox.queue_edit(session, post, change="taken", now=now)
        about = found.payment_id
        auditing.record(session, actor, desk, "take_dispute", dispute_id, payment=about)

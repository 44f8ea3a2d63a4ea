"""Half of the time is over and nobody has decided: whoever could is told once more."""

from commands import auditing, outbox
from commands.access import AnyActor, Permission, require
from commands.approvals import request
from commands.approvals.approvers import approvers_beside
from commands.desk import Desk
from commands.rules import approval as policy
from storage import approvals
from storage.unit_of_work import repeatable

_AT_ONCE = 100


def remind(actor: AnyActor, desk: Desk) -> int:
    """Of each request once; how many there were."""
    require(actor, Permission.EXPIRE_REQUESTS)
    asked_before = desk.clock.now() - policy.REMIND_AFTER
    with desk.database.reading() as session:
        rows = approvals.to_remind(session, asked_before, _AT_ONCE)
    return sum(_remind(actor, desk, row.id) for row in rows)


@repeatable
def _remind(actor: AnyActor, desk: Desk, approval_id: str) -> bool:
    now = desk.clock.now()
    with desk.database.writing() as session:
        if not approvals.move(
            session, approval_id, "pending", came_from="pending", reminded_at=now
        ):
            return False
        row = approvals.find(session, approval_id)
        assert row is not None  # it was moved a moment ago
        left = int((row.expires_at - now).total_seconds() // 3600)
        text = f"Still waiting, for {left} hours more: {row.content['headline']}."
        request.say_in_thread(session, desk, row, text, change="reminder")
        for person in approvers_beside(session, row.requested_by):
            key = f"approval-reminder:{row.id}:{person}"
            whole = f"{text} Type /pay approvals to decide."
            outbox.queue_notice(session, key=key, text=whole, channel=person, now=now)
        auditing.record(session, actor, desk, "remind_of_request", row.id)
        return True

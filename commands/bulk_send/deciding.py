"""What the policy says about a bulk send, in words."""

from typing import Protocol

from sqlmodel import Session

from commands.access import Actor, Permission
from commands.approvals.approvers import NOBODY, approvers_beside
from commands.bulk_send.answers import PolicyAnswer
from commands.desk import Desk
from commands.rules import approval as policy
from commands.rules.approval import BulkLimits
from storage import bulk_sends

_AT_ONCE = "This goes out at once."


class Size(Protocol):
    """What the limits are about: `totals` in minor units by currency."""

    @property
    def customers(self) -> int: ...

    @property
    def totals(self) -> dict[str, int]: ...


def decide(session: Session, actor: Actor, desk: Desk, looked: Size) -> PolicyAnswer:
    """Whether it goes at once, and if not why and who is asked."""
    since = desk.clock.now() - policy.BULK_WINDOW
    reasons = policy.why_bulk_asks(
        looked.customers,
        looked.totals,
        bulk_sends.counted_since(session, actor.id, since),
        limits(desk),
        may_exceed=actor.may(Permission.SEND_ABOVE_LIMITS),
    )
    if not reasons:
        return PolicyAnswer("direct", _AT_ONCE)
    because = ", and ".join(reasons)
    approvers = approvers_beside(session, actor.id)
    if approvers:
        return PolicyAnswer(
            "ask", f"This asks a Sales Manager or Admin because {because}.", approvers
        )
    needed = f"This needs an approval because {because}."
    if actor.may(Permission.ADMINISTER):
        alone = "Nobody else could give it: you may, with a reason that the audit keeps."
        return PolicyAnswer("alone", f"{needed} {alone}")
    return PolicyAnswer("nobody", f"{needed} {NOBODY}")


def limits(desk: Desk) -> BulkLimits:
    return BulkLimits(
        customers=desk.policy.approval_max_customers,
        total=desk.policy.approval_max_total,
        second_person_over=desk.policy.approval_second_person_over,
        currency=desk.policy.default_currency,
    )

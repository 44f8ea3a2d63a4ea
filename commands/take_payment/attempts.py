"""The one place that moves a checkout attempt along the edges of `storage.checkouts.NEXT`."""

from datetime import timedelta

from sqlmodel import Session

from commands.desk import Desk
from storage import customers
from storage.checkouts import NEXT, AttemptStatus, CheckoutAttempt

# How long a session can be paid. Stripe allows 30 minutes to 24 hours.
LIFETIME = timedelta(minutes=60)


def hold(session: Session, attempt_id: str) -> CheckoutAttempt:
    """The attempt as it is now, its customer locked until the unit of work ends."""
    attempt = session.get_one(CheckoutAttempt, attempt_id)
    customers.lock(session, attempt.customer_id)
    session.refresh(attempt)
    return attempt


def move(session: Session, desk: Desk, attempt: CheckoutAttempt, status: AttemptStatus) -> bool:
    """True if the attempt went to `status`; an edge that does not exist changes nothing."""
    if status not in NEXT[attempt.status]:
        return False
    attempt.status, attempt.changed_at = status, desk.clock.real()
    if status in {"processing", "paid", "failed", "expired"}:
        attempt.expire_session = False  # the gateway has said that it can be paid no more
    session.add(attempt)
    session.flush()
    return True


def supersede(session: Session, desk: Desk, attempt: CheckoutAttempt) -> None:
    """Another click, payment or person came between: the gateway is still to be told."""
    if move(session, desk, attempt, "superseded"):
        attempt.expire_session = True
        session.add(attempt)
        session.flush()

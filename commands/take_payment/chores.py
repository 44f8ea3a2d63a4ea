"""What the webhooks do not tell: sessions to be made unpayable, attempts to be read again."""

import logging

from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.errors import GatewayUnavailable, PayError, Refused
from commands.take_payment import attempts, gateway_session, settle
from storage import checkouts
from storage.checkouts import CheckoutAttempt
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)
_AT_ONCE = 20


def expire_superseded(actor: AnyActor, desk: Desk) -> bool:
    """Tell the gateway about sessions that must no longer be paid; True if any was dealt with.

    Once it does not answer, that was all: each may take many seconds, and events wait behind it.
    """
    require(actor, Permission.RECONCILE)
    with desk.database.reading() as session:
        marked = checkouts.sessions_to_expire(session, _AT_ONCE)
    dealt = 0
    for attempt in marked:
        try:
            gateway_session.retire(desk, attempt)
            dealt += 1
        except Refused as error:
            _later(desk, attempt.id, error)
        except GatewayUnavailable as error:
            _later(desk, attempt.id, error)
            break
    return dealt > 0


def _later(desk: Desk, attempt_id: str, error: PayError) -> None:
    why = {"attempt": attempt_id, "why": error.sentence}
    log.warning("a superseded checkout is still payable", extra=why)
    _put_last(desk, attempt_id)


@repeatable
def _put_last(desk: Desk, attempt_id: str) -> None:
    """So that a few which always fail keep nobody else from their turn."""
    with desk.database.writing() as session:
        attempt = attempts.hold(session, attempt_id)
        attempt.changed_at = desk.clock.real()
        session.add(attempt)


def reconcile(actor: AnyActor, desk: Desk, *, limit: int) -> int:
    """Read up to `limit` unfinished attempts at the gateway, longest unread first.

    Returns how many changed. An attempt that never got a session is freed once its time is over.
    """
    require(actor, Permission.RECONCILE)
    with desk.database.reading() as session:
        unfinished = checkouts.in_status(session, "created", "open", "processing", limit=limit)
    return sum(_read_again(actor, desk, attempt) for attempt in unfinished)


def _read_again(actor: AnyActor, desk: Desk, attempt: CheckoutAttempt) -> bool:
    try:
        if attempt.session_id is not None:
            told = desk.gateway.checkouts.find(attempt.session_id)
            settle.settle_session(actor, desk, session=told)
    except (GatewayUnavailable, Refused) as error:
        why = {"attempt": attempt.id, "why": error.sentence}
        log.warning("a checkout could not be read", extra=why)
    except Exception:  # one that breaks us must not stop the others
        log.exception("a checkout could not be settled", extra={"attempt": attempt.id})
    return _seen(desk, attempt)


@repeatable
def _seen(desk: Desk, before: CheckoutAttempt) -> bool:
    """Put the attempt at the end of the queue; whether it is no longer what it was."""
    with desk.database.writing() as session:
        attempt = attempts.hold(session, before.id)
        overdue = desk.clock.real() > attempt.created_at + attempts.LIFETIME
        if attempt.status == "created" and attempt.session_id is None and overdue:
            attempts.supersede(session, desk, attempt)  # its session may exist, unknown to us
        attempt.changed_at = desk.clock.real()
        session.add(attempt)
        return attempt.status != before.status

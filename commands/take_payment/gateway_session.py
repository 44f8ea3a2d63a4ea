"""The gateway's side of an attempt: its session made with a key of its own, or made unpayable.

Nothing here runs inside a unit of work of the caller.
"""

from datetime import datetime, timedelta

from commands.access import SETTLER
from commands.desk import Desk
from commands.errors import GatewayUnavailable, Refused
from commands.keyring import KeyMissing
from commands.payment_link import service as payment_link
from commands.ports import CheckoutLine, CheckoutRequest, CheckoutSession
from commands.take_payment import attempts, settle
from storage import checkouts, payment_links
from storage.checkouts import CheckoutAttempt
from storage.money import Money
from storage.unit_of_work import repeatable

MAX_LINES = 30  # above, one line says how many invoices there are
_NAMED = 5  # invoices named in the description
_STILL_OPEN = "An earlier payment has not ended at Stripe yet. Please try again in a minute."


def request_of(attempt: CheckoutAttempt, shares: dict[str, int], page_url: str) -> CheckoutRequest:
    """The same for the same attempt, always: the gateway compares it with the key's first use."""
    lines = tuple(
        CheckoutLine(f"Invoice {number}", Money(amount, attempt.currency))
        for number, amount in sorted(shares.items())
    )
    if len(lines) > MAX_LINES:
        lines = (CheckoutLine(f"{len(lines)} invoices", Money(attempt.amount, attempt.currency)),)
    return CheckoutRequest(
        attempt_id=attempt.id,
        lines=lines,
        method=attempt.method,
        description=_description(sorted(shares)),
        success_url=f"{page_url}?returned=1",
        cancel_url=page_url,
        expires_at=attempt.created_at + attempts.LIFETIME,
    )


def _description(numbers: list[str]) -> str:
    if len(numbers) == 1:
        return f"Invoice {numbers[0]}"
    rest = len(numbers) - _NAMED
    few = ", ".join(numbers[:_NAMED])
    return f"Invoices {few} and {rest} more" if rest > 0 else f"Invoices {few}"


def retire(desk: Desk, attempt: CheckoutAttempt) -> bool:
    """Make a superseded attempt unpayable; True if it had been completed and was settled.

    Raises `GatewayUnavailable`: it stays marked and `chores.expire_superseded` goes on.
    """
    told = _expired(desk, attempt)
    if told is not None:
        settle.settle_session(SETTLER, desk, session=told)
        if told.status == "open":  # whatever kept it from ending, it can still be paid
            raise GatewayUnavailable(_STILL_OPEN)
    _unmark(desk, attempt.id, told.id if told else attempt.session_id)
    return told is not None and told.status == "complete"


def _expired(desk: Desk, attempt: CheckoutAttempt) -> CheckoutSession | None:
    """The session after expiry; None if there never was one, or none that anybody can pay."""
    try:
        session_id = attempt.session_id or _recovered(desk, attempt)
        return desk.gateway.checkouts.expire(session_id) if session_id else None
    except GatewayUnavailable:
        # Nobody was ever given the address of a session without id, and its time is over.
        if attempt.session_id is None and desk.clock.real() > _end(attempt):
            return None
        raise
    except Refused:
        if desk.clock.real() > _end(attempt):  # whatever it says of it, nobody can pay it now
            return None
        raise


def _end(attempt: CheckoutAttempt) -> datetime:
    return attempt.created_at + attempts.LIFETIME + timedelta(minutes=5)


def _recovered(desk: Desk, attempt: CheckoutAttempt) -> str | None:
    """Ask again under the same key: it names the session whose answer was lost, if there is one."""
    with desk.database.reading() as session:
        shares = checkouts.shares(session, attempt.id)
        link = payment_links.find(session, attempt.link_id)
    assert link is not None
    try:
        page_url = payment_link.url(desk, link)
        request = request_of(attempt, shares, page_url)
        return desk.gateway.checkouts.start(request).id
    except (KeyMissing, Refused):
        return None


@repeatable
def _unmark(desk: Desk, attempt_id: str, session_id: str | None) -> None:
    """Unless the attempt got a session in the meantime, of which the gateway was not told."""
    with desk.database.writing() as session:
        attempt = attempts.hold(session, attempt_id)
        if attempt.session_id == session_id:
            attempt.expire_session = False
            session.add(attempt)

"""From the pay button to the gateway's page: the latest click wins (DESIGN, decision 6).

1. One unit of work: lock the customer, compute what is due, supersede older attempts on the same
   invoices, write ours. 2. Tell the gateway about those superseded; money that came meanwhile is
   settled, which may supersede ours. 3. Make our session under the attempt's own key.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import CustomerActor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import GatewayUnavailable, NothingToPay, PaymentUnderWay, Refused
from commands.payment_link import service as payment_link
from commands.ports import CheckoutSession
from commands.take_payment import announce, attempts, by_credit, gateway_session, notices
from commands.take_payment.asked import Asked, asked
from commands.take_payment.order import CheckoutOrder, Intent
from storage import checkouts, credit_uses
from storage.checkouts import CheckoutAttempt
from storage.unit_of_work import repeatable

_REUSE_LEFT = timedelta(minutes=5)
# An attempt without an answer is asked for again under its key for so long; then a new one is
# made, because the gateway repeats a saved failure for a day.
_ASK_AGAIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Our attempt and those that have to make way; `ready`: an address usable as it is.

    No attempt: credit alone is enough.
    """

    attempt: CheckoutAttempt | None
    shares: dict[str, int]
    in_the_way: list[CheckoutAttempt]
    ready: str = ""


@audited("start_checkout")
def start_checkout(actor: CustomerActor, desk: Desk, *, request: CheckoutOrder) -> str:
    """The address to send the payer to: the gateway's page, or ours if money came meanwhile or
    credit was enough.

    Raises `Refused` and its kin, or `GatewayUnavailable`; pressing the button again is safe.
    """
    require(actor, Permission.START_CHECKOUT)
    page_url = payment_link.page_url(desk, request.token)
    begun = _begin(actor, desk, request)
    if begun.ready:
        return begun.ready
    paid_meanwhile = sum(_make_way(desk, older) for older in begun.in_the_way) > 0
    if begun.attempt is None:
        return _by_credit(actor, desk, request, page_url, paid_meanwhile=paid_meanwhile)
    if _still_wanted(desk, begun.attempt.id):
        return _open(desk, begun.attempt, begun.shares, page_url)
    if paid_meanwhile:
        return page_url
    raise _overtaken()


def _by_credit(
    actor: CustomerActor, desk: Desk, order: CheckoutOrder, page_url: str, *, paid_meanwhile: bool
) -> str:
    try:
        by_credit.settle(actor, desk, order)
    except NothingToPay:
        if paid_meanwhile:
            return page_url
        raise
    return f"{page_url}?credited=1"


@repeatable
def _begin(actor: CustomerActor, desk: Desk, order: CheckoutOrder) -> _Begun:
    account = desk.gateway.account.state()
    with desk.database.writing() as session:
        found = asked(session, actor, desk, order, account)
        return _same(session, desk, found) or _fresh(session, actor, desk, found)


def _same(session: Session, desk: Desk, found: Asked) -> _Begun | None:
    """The attempt that a second click, a second tab or the back button meant."""
    now = desk.clock.real()
    for attempt in checkouts.live_of_link(session, found.link.id):
        shares = checkouts.shares(session, attempt.id)
        if not _fits(session, attempt, shares, found.wish):
            continue
        if attempt.status == "created" and attempt.created_at + _ASK_AGAIN > now:
            return _Begun(attempt, shares, _in_the_way(session, list(shares)))
        if attempt.status == "open" and _lasts(attempt, now):
            return _Begun(attempt, shares, [], ready=attempt.session_url or "")
    return None


def _in_the_way(session: Session, numbers: list[str]) -> list[CheckoutAttempt]:
    """Superseded now or before, and the gateway may still take money for them."""
    older = checkouts.touching(session, numbers, "superseded")
    return [attempt for attempt in older if attempt.expire_session]


def _fits(session: Session, attempt: CheckoutAttempt, shares: dict[str, int], wish: Intent) -> bool:
    begun = (attempt.method, attempt.amount, attempt.currency, attempt.reference, shares)
    amount = wish.amount
    now = (wish.method, amount.minor, amount.currency, wish.reference, wish.shares)
    return begun == now and credit_uses.planned(session, attempt.id) == wish.credits


def _lasts(attempt: CheckoutAttempt, now: datetime) -> bool:
    ends = attempt.session_expires_at
    return bool(attempt.session_url and ends and ends - now > _REUSE_LEFT)


def _fresh(session: Session, actor: CustomerActor, desk: Desk, found: Asked) -> _Begun:
    link, wish = found.link, found.wish
    in_the_way = _in_the_way(session, by_credit.make_room(session, desk, found))
    if wish.method is None:
        return _Begun(None, {}, in_the_way)
    now = desk.clock.real()
    attempt = CheckoutAttempt(
        id=str(uuid.uuid4()),
        link_id=link.id,
        customer_id=link.customer_id,
        currency=link.currency,
        amount=wish.amount.minor,
        method=wish.method,
        reference=wish.reference,
        created_at=now.replace(microsecond=0),
        changed_at=now,
    )
    checkouts.add(session, attempt, wish.shares)
    credit_uses.plan(session, attempt.id, wish.credits)
    detail: dict[str, Any] = {"attempt": attempt.id, "method": wish.method, "shares": wish.shares}
    detail |= {"credit": wish.credits} if wish.credits else {}
    auditing.record(session, actor, desk, "start_checkout", link.id, **detail)
    return _Begun(attempt, wish.shares, in_the_way)


def _make_way(desk: Desk, older: CheckoutAttempt) -> bool:
    """True if the older one had been completed."""
    try:
        return gateway_session.retire(desk, older)
    except GatewayUnavailable:
        if older.session_id is not None:  # it can be paid still: ours would be a second one
            raise
        return False


@repeatable
def _still_wanted(desk: Desk, attempt_id: str) -> bool:
    """False when settling another one left nothing to pay for ours: it never gets a session."""
    with desk.database.writing() as session:
        attempt = attempts.hold(session, attempt_id)
        if attempt.status == "superseded" and attempt.session_id is None:
            attempt.expire_session = False
            session.add(attempt)
        return attempt.status in {"created", "open"}


def _open(desk: Desk, attempt: CheckoutAttempt, shares: dict[str, int], page_url: str) -> str:
    wanted = gateway_session.request_of(attempt, shares, page_url)
    try:
        made = desk.gateway.checkouts.start(wanted)
    except Refused as refusal:
        _give_up(desk, attempt, refusal)
        contact = notices.whom_to_call(desk.company)
        sentence = f"This payment cannot be taken online just now. Please contact {contact}."
        raise Refused(sentence) from refusal
    if _keep(desk, attempt.id, made):
        return made.url
    ours = _reread(desk, attempt.id)
    if ours.expire_session:
        gateway_session.retire(desk, ours)
    raise _overtaken()


def _overtaken() -> PaymentUnderWay:
    return PaymentUnderWay(
        "Another payment of the same invoices was started after this one and takes its place. "
        "Please see below what is still due."
    )


@repeatable
def _keep(desk: Desk, attempt_id: str, made: CheckoutSession) -> bool:
    """Remember the session; False when the attempt was superseded while it was made."""
    with desk.database.writing() as session:
        attempt = attempts.hold(session, attempt_id)
        attempt.session_id, attempt.session_url = made.id, made.url
        attempt.session_expires_at = made.expires_at
        session.add(attempt)
        attempts.move(session, desk, attempt, "open")
        attempt.expire_session = attempt.status == "superseded"
        return attempt.status in {"open", "processing", "paid"}


@repeatable
def _give_up(desk: Desk, attempt: CheckoutAttempt, refusal: Refused) -> None:
    with desk.database.writing() as session:
        row = attempts.hold(session, attempt.id)
        row.failure = refusal.sentence
        attempts.move(session, desk, row, "failed")
        text = f"Stripe refused to start a payment for customer {row.customer_id}: "
        announce.notify(
            session, desk, key=f"checkout-refused:{row.id}", text=text + refusal.sentence
        )


def _reread(desk: Desk, attempt_id: str) -> CheckoutAttempt:
    with desk.database.reading() as session:
        attempt = checkouts.find(session, attempt_id)
        assert attempt is not None
        return attempt

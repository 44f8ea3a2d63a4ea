"""Reading the payments account at Stripe and keeping it, so that everybody else need not ask."""

import logging

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import AnyActor, Permission, require
from commands.desk import Desk
from commands.errors import GatewayUnavailable, Refused
from commands.payments_account import stored
from commands.ports import AccountReading
from storage import checkouts, gateway_accounts
from storage.gateway_accounts import GatewayAccountRow
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)


def refresh(actor: AnyActor, desk: Desk) -> bool:
    """Read the account and keep it; False when Stripe did not answer: then the last answer holds.

    When it can no longer take money, or can again, the payments channel is told once.
    """
    require(actor, Permission.RECONCILE)
    if desk.gateway.account.state().status == "not_connected":
        return False
    try:
        reading = desk.gateway.account.read()
    except (GatewayUnavailable, Refused) as error:
        log.warning("the payments account could not be read", extra={"why": error.sentence})
        return False
    keep(actor, desk, reading=reading)
    return True


@repeatable
def keep(actor: AnyActor, desk: Desk, *, reading: AccountReading) -> None:
    """Write what was read. Another account than before is not taken over while the books hold
    payments of the one before.
    """
    require(actor, Permission.RECONCILE)
    with desk.database.writing() as session:
        row = gateway_accounts.lock(session)
        before = row.status if row else "active"
        if row is None:
            row = _new(desk)
        foreign = whose(session, row, reading, livemode=desk.policy.livemode)
        _write(desk, row, reading, foreign)
        session.add(row)
        session.flush()
        if row.status != before:
            _changed(session, actor, desk, row)


def whose(
    session: Session, row: GatewayAccountRow, reading: AccountReading, *, livemode: bool
) -> str:
    """Why the books cannot be used with the account that was read, as a sentence; "" if they can.

    An account without payments in the books may be replaced by another one, a trial by the real.
    """
    if not checkouts.any_session(session):
        return ""
    if row.livemode != livemode:
        return other_mode(livemode=row.livemode)
    if row.account_id and reading.account_id and row.account_id != reading.account_id:
        return other_account(row.account_id, reading.account_id)
    return ""


def other_mode(*, livemode: bool) -> str:
    """`livemode`: of the payments in the books."""
    held, key = ("live", "test") if livemode else ("test", "live")
    return (
        f"it is a {key} key, and the database holds {held} payments. Use the {held} key of the"
        " account, or another DATABASE_URL."
    )


def other_account(held: str, given: str) -> str:
    return (
        f"it belongs to the account {given}, and the database holds payments of {held}. Use a key"
        f" of {held}, or another DATABASE_URL."
    )


def _new(desk: Desk) -> GatewayAccountRow:
    now = desk.clock.real()
    livemode = desk.policy.livemode
    return GatewayAccountRow(livemode=livemode, status="active", read_at=now, changed_at=now)


def _write(desk: Desk, row: GatewayAccountRow, reading: AccountReading, foreign: str) -> None:
    now = desk.clock.real()
    status = "restricted" if foreign else reading.status
    if row.status != status:
        row.changed_at = now
    row.status, row.read_at = status, now
    row.problem = f"STRIPE_API_KEY: {foreign}" if foreign else reading.problem
    row.methods, row.requirements = list(reading.methods), list(reading.requirements)
    row.disabled_reason, row.due_by = reading.disabled_reason, reading.due_by
    if not foreign:
        row.livemode = desk.policy.livemode
        row.account_id = reading.account_id or row.account_id
        row.name = reading.name or row.name


def _changed(session: Session, actor: AnyActor, desk: Desk, row: GatewayAccountRow) -> None:
    if row.status == "restricted":
        text = (
            f"{stored.explanation(row)} Documents go out without a link meanwhile, and pages say"
            " whom to call. An Admin sees more with /pay account."
        )
    else:
        text = "The payments account can take money again. All links that are out work as before."
    key = f"payments-account:{row.status}:{row.changed_at.isoformat()}"
    channel, now = desk.policy.payments_channel, desk.clock.now()
    outbox.queue_notice(session, key=key, text=text, channel=channel, now=now)
    about = row.account_id or "stripe"
    auditing.record(session, actor, desk, "read_payments_account", about, status=row.status)

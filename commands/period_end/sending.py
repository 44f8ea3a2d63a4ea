"""One customer's turn in a period-end run: who gets a statement, and what becomes of it."""

from dataclasses import dataclass

from sqlmodel import Session

from commands.access import SystemActor
from commands.desk import Desk
from commands.errors import Refused
from commands.ports import AccountState
from commands.rules.periods import Period
from commands.send_invoice.checks import MOST_RECIPIENTS
from commands.send_statement import making
from commands.send_statement.making import Account, Moved
from commands.send_statement.order import SendStatement
from commands.send_statement.service import send_within
from storage import account_entries, batches, customers
from storage.batches import BatchSkip
from storage.customers import Contact, Customer
from storage.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Order:
    schedule: Schedule
    period: Period
    customer_id: str
    batch_id: str


def wanted(
    session: Session, desk: Desk, schedule: Schedule, period: Period, ids: list[str]
) -> list[str]:
    """Those of the customers for whom the schedule may have a statement in some currency: their
    turn decides. For whoever owes something nobody has to add up an account to know.
    """
    if schedule.audience == "all":
        return ids
    owing = account_entries.owing(session, ids)
    return [
        each for each in ids if each in owing or accounts(session, desk, schedule, period, each)
    ]


def send(
    session: Session, actor: SystemActor, desk: Desk, order: Order, account: AccountState
) -> list[BatchSkip]:
    """Keep and queue the statements, in the caller's unit of work; what is not sent, and why."""
    moved = accounts(session, desk, order.schedule, order.period, order.customer_id)
    try:
        recipients = _recipients(session, order.customer_id)
    except Refused as refusal:
        return [_skip(order, each.account.currency, refusal.sentence) for each in moved]
    for each in moved:
        own = _statement(order, each.account, recipients)
        send_within(session, actor, desk, order=own, account=account, moved=each)
    return []


def count(session: Session, batch_id: str) -> int:
    """Statements of the run, those that could not be sent included."""
    mails = batches.count_mails(session, batch_id)
    return sum(mails.values()) + batches.count_skipped(session, batch_id)


def accounts(
    session: Session, desk: Desk, schedule: Schedule, period: Period, customer_id: str
) -> list[Moved]:
    """Those of the customer's that the schedule has a statement for, one for each currency, as
    they have moved.
    """
    used = account_entries.currencies(session, customer_id)
    if schedule.audience == "all" and not used:
        used = [session.get_one(Customer, customer_id).currency]
    known = (Account(customer_id, code, schedule.id) for code in used)
    found = (making.moved_in(session, desk, each, period) for each in known)
    return [each for each in found if _has_news(schedule, each)]


def _has_news(schedule: Schedule, moved: Moved) -> bool:
    if schedule.audience == "all" or moved.figures.closing:
        return True
    lines = moved.figures.transactions or moved.figures.late
    return schedule.audience == "with_activity" and bool(lines)


def _recipients(session: Session, customer_id: str) -> tuple[str, ...]:
    """Raises `Refused` when there is nobody to mail to."""
    on_file = customers.contacts(session, customer_id, "statement") or customers.contacts(
        session, customer_id, "invoice"
    )
    working = [contact.address for contact in on_file if not contact.refused]
    if not working:
        raise Refused(_nobody(on_file))
    return tuple(working[:MOST_RECIPIENTS])  # as many as a form ticks


def _nobody(on_file: list[Contact]) -> str:
    return "its mail server refused every address on file" if on_file else "no address on file"


def _statement(order: Order, account: Account, recipients: tuple[str, ...]) -> SendStatement:
    schedule = order.schedule
    return SendStatement(
        draft_id="",
        customer_id=account.customer_id,
        currency=account.currency,
        type=schedule.type,
        period_start=order.period.start,
        period_end=order.period.end,
        recipients=recipients,
        with_link=schedule.with_link,
        schedule_id=schedule.id,
        batch_id=order.batch_id,
    )


def _skip(order: Order, currency: str, reason: str) -> BatchSkip:
    return BatchSkip(
        batch_id=order.batch_id,
        key=f"{order.customer_id}:{currency}",
        customer_id=order.customer_id,
        reason=reason,
    )

"""What staff recorded on the company's day: the list, and what is in the drawer by it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk, Policy
from storage import customers, payments_taken
from storage.payments import Payment
from storage.payments_taken import StaffSum

ON_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Row:
    payment: Payment
    customer_name: str


@dataclass(frozen=True, slots=True)
class Today:
    """`sums` are of the whole day, less what was reversed; `rows` of one page, newest first."""

    day: date
    sums: tuple[StaffSum, ...]
    rows: tuple[Row, ...]
    page: int
    pages: int


@audited("list_payments")
def look(actor: Actor, desk: Desk, *, page: int) -> Today:
    """A page that does not exist is the last one."""
    require(actor, Permission.RECORD_PAYMENT)
    day = desk.policy.today(desk.clock.now())
    start, end = bounds(desk.policy, day)
    with desk.database.reading() as session:
        sums = payments_taken.sums(session, start, end)
        pages = max(1, -(-sum(one.number for one in sums) // ON_A_PAGE))
        page = min(max(page, 0), pages - 1)
        found = payments_taken.recorded(
            session, start, end, limit=ON_A_PAGE, offset=page * ON_A_PAGE
        )
        rows = tuple(Row(payment, _name(session, payment)) for payment in found)
    return Today(day, tuple(sums), rows, page, pages)


def bounds(policy: Policy, day: date) -> tuple[datetime, datetime]:
    """The instants at which the company's day begins and ends."""
    midnights = (datetime.combine(d, time.min, policy.timezone) for d in (day, _next(day)))
    start, end = midnights
    return start, end


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _name(session: Session, payment: Payment) -> str:
    customer = customers.find(session, payment.customer_id or "")
    return customer.name if customer else ""

"""Whose turn it is in a period-end run: the customers of a schedule, a few at a time."""

from sqlmodel import Session

from storage import customers, invoices, schedules
from storage.schedules import Schedule


def next_customers(session: Session, schedule: Schedule, *, after: str, limit: int) -> list[str]:
    """Ids above `after`, in order. A group with a schedule of its own is not everyone's."""
    if schedule.customer_group:
        return customers.ids_in_groups(session, [schedule.customer_group], after, limit)
    own = [row.customer_group for row in schedules.active(session) if row.customer_group]
    return customers.ids_outside_groups(session, own, after, limit)


def estimate(session: Session, schedule: Schedule) -> int:
    """About how many statements there will be, for a bar that moves; the end corrects it."""
    if schedule.audience == "all":
        return customers.count(session, schedule.customer_group)
    return invoices.count_owing(session, schedule.customer_group)

"""How a link stands: what can be done through it, and what was done through it lately."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session

from commands.desk import Desk
from commands.rules import gateway_limits
from commands.rules.netting import Netting
from commands.take_payment import due, notices
from commands.take_payment.due import OpenItem
from commands.take_payment.order import Terms
from renderers.page_values import PageState
from storage import checkouts, credit_uses, payments
from storage import credits as customer_credits
from storage.money import Money
from storage.payment_links import PaymentLink

_JUST_NOW = timedelta(minutes=30)
BEGUN = (
    "A payment of this was started and is not finished. "
    "If it was not you, a colleague may be paying; starting here ends theirs."
)


def state_of(rows: list[OpenItem], owed: Money, under_way: Money) -> PageState:
    if owed:
        return "due"
    if under_way:
        return "processing"
    if any(row.disputed for row in rows):
        return "disputed"
    return "paid" if any(row.invoice.status == "paid" for row in rows) else "nothing_due"


def cancelled(desk: Desk, rows: list[OpenItem]) -> str:
    """What became of invoices that were voided; "" when none was."""
    numbers = [row.invoice.number for row in rows if row.invoice.status == "void"]
    if not numbers:
        return ""
    was = "was" if len(numbers) == 1 else "were"
    call = notices.whom_to_call(desk.company)
    return f"{', '.join(numbers)} {was} cancelled. For questions please contact {call}."


def unavailable(netted: Netting, terms: Terms, *, several: bool, takes_money: bool) -> str:
    """Why nothing of it can be paid; "" when something can."""
    if not takes_money:
        return f"Online payment is not available just now. Please contact {terms.contact}."
    owed = netted.charge
    in_parts = (terms.takes_part or several) and gateway_limits.smallest(owed.currency) < owed
    by_credit = terms.credit >= netted.owed.minor
    # More than the largest amount can still be paid in parts, less than the smallest by credit.
    return "" if in_parts or by_credit else due.outside_limits(owed, terms.contact, terms.locale)


def numbers_of(rows: Sequence[OpenItem]) -> list[str]:
    return [row.invoice.number for row in rows]


def is_begun(session: Session, rows: list[OpenItem]) -> bool:
    return bool(checkouts.touching(session, numbers_of(rows), "open"))


def confirming(session: Session, link: PaymentLink) -> Money | None:
    """What whoever comes back from the gateway's page has paid there; not booked yet."""
    live = checkouts.live_of_link(session, link.id)
    return Money(live[-1].amount, live[-1].currency) if live else None


def received(session: Session, desk: Desk, link: PaymentLink) -> Money | None:
    """What the latest payment through the link brought, if that was not long ago."""
    attempt = checkouts.last_paid_of_link(session, link.id)
    if attempt is None or attempt.changed_at + _JUST_NOW < desk.clock.real():
        return None
    return Money(attempt.amount, attempt.currency)


def credited(session: Session, desk: Desk, link: PaymentLink) -> Money | None:
    """What the latest use of credit alone through the link came to, if that was not long ago."""
    use = credit_uses.last_of_link(session, link.id)
    if use is None or use.used_at + _JUST_NOW < desk.clock.now():
        return None
    return Money(use.amount, use.currency)


def settlement(session: Session, rows: list[OpenItem]) -> tuple[date | None, str]:
    """Day and means, when one payment or credit alone settled everything that was paid here."""
    numbers = numbers_of(rows)
    made = payments.of_invoices(session, numbers)
    with_credit = customer_credits.on_any(session, numbers)
    if not made:
        return None, "your credit" if with_credit else ""
    if len(made) > 1:
        return max(payment.received_on for payment in made), ""
    means = made[0].method_detail or made[0].method
    return made[0].received_on, f"{means} and your credit" if with_credit else means

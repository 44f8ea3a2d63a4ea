"""The pay page as a value: reads the ledger, writes nothing, asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from sqlmodel import Session

from commands.desk import Desk
from commands.errors import NotFound
from commands.payment_link import service as payment_link
from commands.rules import gateway_limits
from commands.take_payment import due, notices
from commands.take_payment.due import OpenItem
from renderers.formats import DEFAULT_LOCALE
from renderers.page_values import NoticePage, PageState, PayForm, PayPage, PayPageInvoice
from storage import checkouts, customers, payments
from storage.customers import Customer
from storage.money import Money
from storage.payment_links import PaymentLink
from storage.payments import Payment


def pay_page(desk: Desk, *, token: str, returned: bool = False) -> PayPage | NoticePage:
    """What the link's holder sees now; `returned`: back from the gateway's page.

    A `NoticePage` is a link that was known once and has ended. Raises `NotFound` for any other.
    """
    with desk.database.reading() as session:
        link = payment_link.find_by_token(session, token)
        customer = customers.find(session, link.customer_id) if link else None
        if link is None or customer is None:
            raise NotFound("This link is not known.")
        ended = notices.ended(desk, link, customer)
        return ended or _page(session, desk, _Bearer(token, link, customer), returned=returned)


@dataclass(frozen=True, slots=True)
class _Bearer:
    token: str
    link: PaymentLink
    customer: Customer


def _page(session: Session, desk: Desk, bearer: _Bearer, *, returned: bool) -> PayPage:
    link, customer = bearer.link, bearer.customer
    rows = due.items(session, link)
    owed, under_way = due.due(rows, link.currency), due.pending(rows, link.currency)
    account = desk.gateway.account.state()
    methods = due.methods(customer, account, link.currency)
    state, notice = _state(rows, owed, under_way), ""
    if state == "due":
        notice = _unavailable(
            desk, owed, can_take_money=bool(methods) and account.status == "active"
        )
        state = "unavailable" if notice else "due"
    elif state == "nothing_due":
        notice = _cancelled(desk, rows)
    if any(row.disputed for row in rows):
        notice = notice or due.disputed(notices.whom_to_call(desk.company))
    begun = _begun(session, rows) if state == "due" else False
    came = returned and state == "due" and not begun
    paid_on, paid_with = _settlement(session, rows) if state == "paid" else (None, "")
    return PayPage(
        company=desk.company,
        customer_name=customer.name,
        state=state,
        invoices=tuple(_row(row, bearer.token) for row in rows),
        due=owed,
        methods=methods if state == "due" else (),
        action=f"/pay/{bearer.token}",
        locale=customer.locale or DEFAULT_LOCALE,
        pending=under_way or None,
        expected_by=due.expected_by(session, _numbers(rows)) if under_way else None,
        paid_on=paid_on,
        paid_with=paid_with,
        notice=notice or (_BEGUN if begun and not returned else ""),
        just_returned=returned and begun,
        received=_received(session, desk, link) if came else None,
        form=PayForm(takes_part=desk.policy.partial_payments),
    )


_JUST_NOW = timedelta(minutes=30)
_BEGUN = (
    "A payment of this was started and is not finished. "
    "If it was not you, a colleague may be paying; starting here ends theirs."
)


def _state(rows: list[OpenItem], owed: Money, under_way: Money) -> PageState:
    if owed:
        return "due"
    if under_way:
        return "processing"
    if any(row.disputed for row in rows):
        return "disputed"
    return "paid" if any(row.invoice.status == "paid" for row in rows) else "nothing_due"


def _cancelled(desk: Desk, rows: list[OpenItem]) -> str:
    """What became of invoices that were voided; "" when none was."""
    numbers = [row.invoice.number for row in rows if row.invoice.status == "void"]
    if not numbers:
        return ""
    was = "was" if len(numbers) == 1 else "were"
    call = notices.whom_to_call(desk.company)
    return f"{', '.join(numbers)} {was} cancelled. For questions please contact {call}."


def _unavailable(desk: Desk, owed: Money, *, can_take_money: bool) -> str:
    call = notices.whom_to_call(desk.company)
    if not can_take_money:
        return f"Online payment is not available just now. Please contact {call}."
    in_parts = desk.policy.partial_payments and gateway_limits.smallest(owed.currency) < owed
    # More than the largest amount can still be paid in parts.
    return "" if in_parts else due.outside_limits(owed, call)


def _row(row: OpenItem, token: str) -> PayPageInvoice:
    invoice = row.invoice
    return PayPageInvoice(
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        po_number=invoice.po_number,
        total=Money(invoice.total, invoice.currency),
        settled=Money(invoice.allocated, invoice.currency),
        pending=row.pending,
        balance=invoice.balance,
        pdf_url=f"/pay/{token}/invoices/{quote(invoice.number, safe='')}.pdf",
        disputed=row.disputed,
    )


def _numbers(rows: Sequence[OpenItem]) -> list[str]:
    return [row.invoice.number for row in rows]


def _begun(session: Session, rows: list[OpenItem]) -> bool:
    return bool(checkouts.touching(session, _numbers(rows), "open"))


def _received(session: Session, desk: Desk, link: PaymentLink) -> Money | None:
    """What the latest payment through the link brought, if that was not long ago."""
    attempt = checkouts.last_paid_of_link(session, link.id)
    if attempt is None or attempt.changed_at + _JUST_NOW < desk.clock.real():
        return None
    return Money(attempt.amount, attempt.currency)


def _settlement(session: Session, rows: list[OpenItem]) -> tuple[date | None, str]:
    """Day and means, when one payment settled everything that was paid here."""
    made: dict[str, Payment] = {}
    for row in rows:
        made |= {p.id: p for _, p in payments.of_invoice(session, row.invoice.number)}
    if len(made) != 1:
        return max((p.received_on for p in made.values()), default=None), ""
    payment = next(iter(made.values()))
    return payment.received_on, payment.method_detail or payment.method

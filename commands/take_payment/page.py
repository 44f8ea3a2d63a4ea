"""The pay page as a value: reads the ledger, writes nothing, asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlmodel import Session

from commands.desk import Desk
from commands.errors import InvalidInput, NotFound
from commands.payment_link import service as payment_link
from commands.rules import gateway_limits
from commands.rules.netting import Netting
from commands.take_payment import asked, due, notices, order, printed
from commands.take_payment.due import OpenItem
from commands.take_payment.order import Choice, Terms
from commands.take_payment.page_rows import RowContext, page_row
from renderers.formats import DEFAULT_LOCALE
from renderers.page_values import (
    CreditOffer,
    NoticePage,
    PageState,
    PayForm,
    PayPage,
    PayPageInvoice,
    PaySum,
)
from storage import checkouts, credit_uses, customers, payments
from storage import credits as customer_credits
from storage.customers import Customer
from storage.money import Money
from storage.payment_links import PaymentLink


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is looked at: `returned` from the gateway's page, `credited` a moment ago,
    or with what was chosen on it.
    """

    returned: bool = False
    credited: bool = False
    choice: Choice = field(default_factory=Choice)


def pay_page(desk: Desk, *, token: str, look: Look | None = None) -> PayPage | NoticePage:
    """What the link's holder sees now.

    A `NoticePage` is a link that was known once and has ended. Raises `NotFound` for any other.
    """
    with desk.database.reading() as session:
        link = payment_link.find_by_token(session, token)
        customer = customers.find(session, link.customer_id) if link else None
        if link is None or customer is None:
            raise NotFound("This link is not known.")
        ended = notices.ended(desk, link, customer)
        return ended or _page(session, desk, _Bearer(token, link, customer), look or Look())


@dataclass(frozen=True, slots=True)
class _Bearer:
    token: str
    link: PaymentLink
    customer: Customer


def _page(session: Session, desk: Desk, bearer: _Bearer, look: Look) -> PayPage:
    link, customer = bearer.link, bearer.customer
    rows, terms = due.items(session, link), asked.terms(session, desk, link)
    owed, under_way = due.due(rows, link.currency), due.pending(rows, link.currency)
    account = desk.gateway.account.state()
    methods = due.methods(customer, account, link.currency)
    state, notice = _state(rows, owed, under_way), ""
    if state == "due":
        takes_money = bool(methods) and account.status == "active"
        notice = _unavailable(order.net(Choice(), rows, terms), terms, takes_money=takes_money)
        state = "unavailable" if notice else "due"
    elif state == "nothing_due":
        notice = _cancelled(desk, rows)
    if any(row.disputed for row in rows):
        notice = notice or due.disputed(notices.whom_to_call(desk.company))
    begun = _begun(session, rows) if state == "due" and not look.credited else False
    returned = look.returned and not look.credited
    paid_on, paid_with = _settlement(session, rows) if state == "paid" else (None, "")
    came = look.returned and state == "due" and not begun
    page = PayPage(
        company=desk.company,
        customer_name=customer.name,
        state=state,
        invoices=_rows(session, desk, bearer, rows, look.choice),
        due=order.net(Choice(), rows, terms).charge,
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
        credited=_credited(session, desk, link) if look.credited else None,
        statement=printed.statement(session, desk, link),
        form=_form(look.choice, terms),
    )
    return with_choice(page, rows, look.choice, terms) if state == "due" else page


def with_choice(page: PayPage, rows: list[OpenItem], choice: Choice, terms: Terms) -> PayPage:
    """The page with what was chosen and what that comes to."""
    chosen = [row for row in rows if row.payable and _is_chosen(row, choice)]
    netted = order.net(choice, chosen, terms)
    offer = CreditOffer(Money(terms.credit, terms.currency), by_itself=terms.nets_credit)
    amount, mistakes = _amount(choice, netted, terms)
    return replace(
        page,
        form=replace(page.form, mistakes=mistakes),
        credit=offer if terms.credit else None,
        chosen=PaySum(
            count=len(chosen),
            owed=netted.owed,
            credit=netted.credit,
            charge=netted.charge,
            pay=amount,
            smallest=gateway_limits.smallest(terms.currency).minor,
            step=gateway_limits.step(terms.currency),
        ),
    )


def _amount(choice: Choice, netted: Netting, terms: Terms) -> tuple[Money, dict[str, str]]:
    """What would be paid now, and what is wrong with the amount that was typed."""
    if not choice.amount_text or not netted.charge:
        return netted.charge, {}
    try:
        return order.amount_of(choice, netted.charge, terms), {}
    except InvalidInput as error:
        return netted.charge, error.fields


def _is_chosen(row: OpenItem, choice: Choice) -> bool:
    return choice.takes_all or row.invoice.number in choice.invoice_numbers


def _form(choice: Choice, terms: Terms) -> PayForm:
    return PayForm(
        takes_part=terms.takes_part,
        amount=choice.amount_text or "",
        reference=choice.reference,
        use_credit=choice.use_credit,
    )


def _rows(
    session: Session, desk: Desk, bearer: _Bearer, rows: list[OpenItem], choice: Choice
) -> tuple[PayPageInvoice, ...]:
    ticked = None if choice.takes_all else frozenset(choice.invoice_numbers)
    changes = printed.changes(session, bearer.link, rows, bearer.customer.locale or DEFAULT_LOCALE)
    context = RowContext(bearer.token, desk.policy.today(desk.clock.now()), ticked, changes)
    return tuple(page_row(row, context) for row in rows)


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


def _unavailable(netted: Netting, terms: Terms, *, takes_money: bool) -> str:
    if not takes_money:
        return f"Online payment is not available just now. Please contact {terms.contact}."
    owed = netted.charge
    in_parts = terms.takes_part and gateway_limits.smallest(owed.currency) < owed
    by_credit = terms.credit >= netted.owed.minor
    # More than the largest amount can still be paid in parts, less than the smallest by credit.
    return "" if in_parts or by_credit else due.outside_limits(owed, terms.contact)


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


def _credited(session: Session, desk: Desk, link: PaymentLink) -> Money | None:
    """What the latest use of credit alone through the link came to, if that was not long ago."""
    use = credit_uses.last_of_link(session, link.id)
    if use is None or use.used_at + _JUST_NOW < desk.clock.now():
        return None
    return Money(use.amount, use.currency)


def _settlement(session: Session, rows: list[OpenItem]) -> tuple[date | None, str]:
    """Day and means, when one payment or credit alone settled everything that was paid here."""
    numbers = _numbers(rows)
    made, credited = (
        payments.of_invoices(session, numbers),
        customer_credits.on_any(session, numbers),
    )
    if not made:
        return None, "your credit" if credited else ""
    if len(made) > 1:
        return max(payment.received_on for payment in made), ""
    means = made[0].method_detail or made[0].method
    return made[0].received_on, f"{means} and your credit" if credited else means

"""The pay page as a value: reads the ledger, writes nothing, asks nobody."""

from dataclasses import dataclass, field, replace

from sqlmodel import Session

from commands.desk import Desk
from commands.errors import InvalidInput, NotFound
from commands.payment_link import service as payment_link
from commands.rules import gateway_limits
from commands.rules.netting import Netting
from commands.take_payment import asked, due, notices, order, page_state, printed
from commands.take_payment.due import OpenItem
from commands.take_payment.order import Choice, Terms
from commands.take_payment.page_rows import RowContext, page_row
from renderers.formats import DEFAULT_LOCALE
from renderers.page_values import (
    CreditOffer,
    NoticePage,
    PayForm,
    PayPage,
    PayPageInvoice,
    PaySum,
)
from storage import customers
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
    rows, terms = due.items(session, link), asked.terms(session, desk, link, customer)
    owed, under_way = due.due(rows, link.currency), due.pending(rows, link.currency)
    account = desk.gateway.account.state()
    methods = due.methods(customer, account, link.currency)
    state, notice = page_state.state_of(rows, owed, under_way), ""
    if state == "due":
        takes_money = bool(methods) and account.status == "active"
        notice = page_state.unavailable(
            order.net(Choice(), rows, terms), terms, several=len(rows) > 1, takes_money=takes_money
        )
        state = "unavailable" if notice else "due"
    elif state == "nothing_due":
        notice = page_state.cancelled(desk, rows)
    if any(row.disputed for row in rows):
        notice = notice or due.disputed(notices.whom_to_call(desk.company))
    begun = page_state.is_begun(session, rows) if state == "due" and not look.credited else False
    confirming = page_state.confirming(session, link) if begun and look.returned else None
    paid_on, paid_with = page_state.settlement(session, rows) if state == "paid" else (None, "")
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
        expected_by=due.expected_by(session, page_state.numbers_of(rows)) if under_way else None,
        paid_on=paid_on,
        paid_with=paid_with,
        notice=notice or (page_state.BEGUN if begun and not confirming else ""),
        confirming=confirming,
        received=page_state.received(session, desk, link) if came else None,
        credited=page_state.credited(session, desk, link) if look.credited else None,
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

"""Take an order; issue its invoice and mail it, all in one unit of work."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.orders import form as forms
from commands.orders import issuing, records
from commands.orders.form import OrderForm
from commands.orders.records import Issuing, Reviewed
from commands.rules import line_amounts
from commands.send_invoice import service as send_invoice
from commands.send_invoice.fields import Filled
from commands.send_invoice.service import SendInvoice, Sent
from storage import customers, deliveries, invoices, orders
from storage.money import Money
from storage.orders import Order
from storage.unit_of_work import repeatable

_TO_COME = "–"  # stands for the invoice's number until it is taken


@dataclass(frozen=True, slots=True)
class Saved:
    """`repeated`: the form had been submitted before, nothing new happened."""

    order_number: str
    customer_name: str
    total: Money
    repeated: bool


@dataclass(frozen=True, slots=True)
class Issued:
    order_number: str
    sent: Sent


@dataclass(frozen=True, slots=True)
class Sending:
    """How the invoice is to go out; `draft_id` makes two submissions of one form one mail."""

    draft_id: str
    filled: Filled
    typed_in: str = ""  # the channel in which the command was typed

    def of(self, invoice_number: str) -> SendInvoice:
        filled = self.filled
        return SendInvoice(
            draft_id=self.draft_id,
            invoice_number=invoice_number,
            recipients=filled.recipients,
            with_link=filled.with_link,
            message=filled.message,
            copy_me=filled.copy_me,
            typed_in=self.typed_in,
        )


@audited("create_order", about="form.customer_id")
@repeatable
def save_order(actor: Actor, desk: Desk, *, form: OrderForm) -> Saved:
    """Store the order alone. Raises `InvalidInput` by field of the form or another `Refused`."""
    require(actor, Permission.CREATE_ORDER)
    reviewed = review(desk, form)
    with desk.database.writing() as session:
        currency = reviewed.priced.currency
        customer = records.lock_customer(session, form.customer_id, currency)
        known = _known(session, actor, form)
        order = known or records.add_order(session, actor, desk, reviewed)
        total = Money(order.total, order.currency)
        return Saved(order.number, customer.name, total, repeated=known is not None)


@audited("issue_invoice", about="form.customer_id")
@repeatable
def issue_and_send(actor: Actor, desk: Desk, *, form: OrderForm, filled: Filled) -> Issued:
    """Store the order, issue its invoice, queue the mail and its card: all of it or nothing.

    Raises `InvalidInput` by field, `LinksDisabled` or another `Refused`.
    """
    require(actor, Permission.CREATE_ORDER)
    require(actor, Permission.SEND_INVOICE)
    reviewed, account = review(desk, form), desk.gateway.account.state()
    mail = send_invoice.checked(Sending(form.id, filled, form.typed_in).of(_TO_COME))
    digest = line_amounts.digest(reviewed.priced.lines)
    with desk.database.writing() as session:
        currency = reviewed.priced.currency
        customer = records.lock_customer(session, form.customer_id, currency)
        order = _known(session, actor, form)
        if order is not None:
            number = _issued_before(session, order, mail)
        else:
            order = records.add_order(session, actor, desk, reviewed)
            number = records.add_invoice(session, actor, desk, Issuing(order, customer, digest))
        mail = replace(mail, invoice_number=number)
        sent = send_invoice.send_within(session, actor, desk, order=mail, account=account)
        return Issued(order.number, sent)


@audited("issue_invoice", about="order_number")
@repeatable
def issue_invoice_of(actor: Actor, desk: Desk, *, order_number: str, sending: Sending) -> Issued:
    """Issue and mail the invoice of an order that is stored. Raises as `issue_and_send`."""
    require(actor, Permission.CREATE_ORDER)
    require(actor, Permission.SEND_INVOICE)
    mail, account = send_invoice.checked(sending.of(_TO_COME)), desk.gateway.account.state()
    customer_id, digest = _stored(desk, order_number)
    with desk.database.writing() as session:
        customer = customers.lock(session, customer_id)
        order = orders.find(session, order_number)
        if customer is None or order is None or order.customer_id != customer.id:
            raise Refused(f"{order_number} was changed just now. Please open it again.")
        if deliveries.find_by_key(session, f"invoice-mail:{sending.draft_id}"):
            number = _issued_before(session, order, mail)
        else:
            issuing.require_issuable(session, actor, desk, order)
            number = records.add_invoice(session, actor, desk, Issuing(order, customer, digest))
        mail = replace(mail, invoice_number=number)
        sent = send_invoice.send_within(session, actor, desk, order=mail, account=account)
        return Issued(order_number, sent)


def review(desk: Desk, form: OrderForm) -> Reviewed:
    """The form as it would be stored. Raises `InvalidInput` by field, with all that is wrong."""
    issuing.require_entry(desk)
    with desk.database.reading() as session:
        customer = customers.find(session, form.customer_id)
    today = desk.policy.today(desk.clock.now())
    return Reviewed(form, forms.price(form, customer, today))


def _stored(desk: Desk, order_number: str) -> tuple[str, str]:
    """The order's customer, and the digest of its lines, which nothing changes."""
    with desk.database.reading() as session:
        order = orders.find(session, order_number)
        if order is None:
            raise NotFound(f"There is no order {order_number}.")
        return order.customer_id, line_amounts.digest(orders.lines(session, order_number))


def _known(session: Session, actor: Actor, form: OrderForm) -> Order | None:
    """The order that this form made before."""
    order = orders.of_form(session, form.id)
    if order is not None and (order.created_by, order.customer_id) != (actor.id, form.customer_id):
        raise Refused(used(order))
    return order


def _issued_before(session: Session, order: Order, mail: SendInvoice) -> str:
    """The number of the invoice that the same submission issued; nothing more is to happen."""
    before = deliveries.find_by_key(session, f"invoice-mail:{mail.draft_id}")
    invoice = invoices.find(session, before.invoice_number or "") if before else None
    if invoice is None or invoice.order_number != order.number:
        raise Refused(used(order))
    return invoice.number


def used(order: Order) -> str:
    return (
        f"This form has been used already: it made order {order.number}."
        " Please open a new one with /pay order new."
    )

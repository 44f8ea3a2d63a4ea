"""Orders and the invoices of orders as rows, in the caller's unit of work."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import Actor
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.orders.form import OrderForm, PricedOrder, due_date
from storage import customers, number_series, orders, search_terms
from storage.customers import Customer
from storage.invoices import Invoice, InvoiceLine
from storage.orders import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A form that was found good, and what it comes to in its customer's currency."""

    form: OrderForm
    priced: PricedOrder


def lock_customer(session: Session, customer_id: str, currency: str) -> Customer:
    """The row, held; the amounts were worked out in `currency` before."""
    customer = customers.lock(session, customer_id)
    if customer is None:
        raise NotFound(f"There is no customer {customer_id} any more.")
    if customer.currency != currency:
        raise Refused(
            f"{customer.name} is invoiced in {customer.currency} by now, not in {currency}."
            " Please review the order again."
        )
    return customer


def add_order(session: Session, actor: Actor, desk: Desk, reviewed: Reviewed) -> Order:
    """A new order with its lines, under the next number of the series."""
    form, priced, now = reviewed.form, reviewed.priced, desk.clock.now()
    order = Order(
        number=number_series.take(session, desk.policy.order_prefix, Order.number),
        customer_id=form.customer_id,
        order_date=desk.policy.today(now),
        po_number=form.po_number,
        currency=priced.currency,
        notes=form.notes,
        created_by=actor.id,
        ship_date=form.ship_date,
        due_date=form.due_date,
        created_at=now,
        form_id=form.id,
        net=priced.net,
        tax=priced.tax,
        total=priced.total.minor,
    )
    session.add(order)
    session.flush()
    session.add_all(OrderLine(order_number=order.number, **asdict(line)) for line in priced.lines)
    terms = search_terms.document_terms(order.number, order.po_number)
    search_terms.replace(session, "order", order.number, terms)
    session.flush()
    facts: dict[str, Any] = {"customer": order.customer_id, "total": str(priced.total)}
    auditing.record(session, actor, desk, "create_order", order.number, **facts)
    return order


@dataclass(frozen=True, slots=True)
class Issuing:
    """An order whose invoice is to be issued; `digest`: of its lines, as an import has it."""

    order: Order
    customer: Customer
    digest: str


def add_invoice(session: Session, actor: Actor, desk: Desk, issuing: Issuing) -> str:
    """Issue the order's invoice with the same lines; its number is the next of the series."""
    order, now = issuing.order, desk.clock.now()
    today = desk.policy.today(now)
    invoice = Invoice(
        number=number_series.take(session, desk.policy.invoice_prefix, Invoice.number),
        customer_id=order.customer_id,
        order_number=order.number,
        issue_date=today,
        due_date=due_date(order.due_date, issuing.customer, today),
        currency=order.currency,
        po_number=order.po_number,
        notes=order.notes,
        net=order.net,
        tax=order.tax,
        total=order.total,
        digest=issuing.digest,
        recorded_at=now,
    )
    session.add(invoice)
    session.flush()
    _copy_lines(session, order.number, invoice.number)
    terms = search_terms.document_terms(invoice.number, invoice.po_number)
    search_terms.replace(session, "invoice", invoice.number, terms)
    session.flush()
    _record_issue(session, actor, desk, invoice)
    return invoice.number


def _copy_lines(session: Session, order_number: str, invoice_number: str) -> None:
    for line in orders.lines(session, order_number):
        told = line.model_dump(exclude={"order_number"})
        session.add(InvoiceLine(invoice_number=invoice_number, **told))


def _record_issue(session: Session, actor: Actor, desk: Desk, invoice: Invoice) -> None:
    facts: dict[str, Any] = {
        "order": invoice.order_number,
        "total": str(invoice.balance),
        "due": invoice.due_date.isoformat(),
    }
    auditing.record(session, actor, desk, "issue_invoice", invoice.number, **facts)

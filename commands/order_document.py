"""One order, read as it is now, as the value that its confirmation and the mail show."""

from sqlmodel import Session

from commands.errors import NotFound
from commands.invoice_document import document_line, party, tax_lines
from renderers.documents import Company, OrderDocument
from renderers.formats import DEFAULT_LOCALE
from storage import customers, orders
from storage.money import Money


def assemble(session: Session, company: Company, number: str) -> OrderDocument:
    """Raises `NotFound`. An order of which the ERP told no amounts has none here either."""
    order = orders.find(session, number)
    customer = customers.find(session, order.customer_id) if order else None
    if order is None or customer is None:
        raise NotFound(f"There is no order {number}.")
    currency = order.currency
    rows = orders.lines(session, number) if currency else []
    return OrderDocument(
        company=company,
        customer=party(customer),
        number=order.number,
        order_date=order.order_date,
        ship_date=order.ship_date,
        po_number=order.po_number,
        notes=order.notes,
        lines=tuple(document_line(row, currency) for row in rows),
        net=Money(order.net, currency) if currency else None,
        taxes=tax_lines(rows, currency),
        total=order.amount,
        locale=customer.locale or DEFAULT_LOCALE,
    )

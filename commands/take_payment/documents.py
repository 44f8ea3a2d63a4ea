"""The documents behind a link, for its holder: the invoice's PDF and a list to import."""

import csv
import io
from datetime import date

from sqlmodel import Session

from commands import invoice_document, pdf_files
from commands.desk import Desk
from commands.errors import LinkOff, NotFound
from commands.payment_link import service as payment_link
from commands.pdf_files import PdfFile
from commands.take_payment import due, notices
from commands.take_payment.due import OpenItem
from commands.take_payment.page_rows import days_late, row_state
from renderers import csv_cells
from storage import customers
from storage.money import Money
from storage.payment_links import PaymentLink

_HEADER = (
    "invoice_number",
    "issue_date",
    "due_date",
    "po_number",
    "currency",
    "total",
    "paid",
    "pending",
    "balance",
    "days_late",
    "status",
)


def invoice_pdf(desk: Desk, *, token: str, number: str) -> PdfFile:
    """Raises `NotFound` for an invoice that is not of the link, `LinkOff`, `RenderFailed`."""
    with desk.database.reading() as session:
        rows = due.items(session, _usable(session, desk, token))
        row = next((row for row in rows if row.invoice.number == number), None)
        if row is None:
            raise NotFound("This invoice is not part of this link.")
        pay_url = payment_link.page_url(desk, token) if row.payable else None
        document = invoice_document.assemble(session, desk.company, number, pay_url=pay_url)
    return pdf_files.invoice_pdf(desk, document)


def invoices_csv(desk: Desk, *, token: str) -> str:
    """The link's invoices as they stand. Raises `NotFound`, `LinkOff`."""
    with desk.database.reading() as session:
        rows = due.items(session, _usable(session, desk, token))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    today = desk.policy.today(desk.clock.now())
    writer.writerows(_cells(row, today) for row in rows)
    return text.getvalue()


def _usable(session: Session, desk: Desk, token: str) -> PaymentLink:
    link = payment_link.find_by_token(session, token)
    customer = customers.find(session, link.customer_id) if link else None
    if link is None or customer is None:
        raise NotFound("This link is not known.")
    ended = notices.ended(desk, link, customer)
    if ended is not None:
        raise LinkOff(f"{ended.title}. {ended.sentence}")
    return link


def _cells(row: OpenItem, today: date) -> list[str]:
    invoice = row.invoice
    amounts = (
        Money(invoice.total, invoice.currency),
        Money(invoice.allocated, invoice.currency),
        row.pending,
        invoice.balance,
    )
    return [
        csv_cells.literal(invoice.number),
        invoice.issue_date.isoformat(),
        invoice.due_date.isoformat(),
        csv_cells.literal(invoice.po_number),
        invoice.currency,
        *(format(amount.whole, "f") for amount in amounts),
        str(days_late(row, today)),
        row_state(row),
    ]

"""The PDF files that leave the house: one function for each kind of document makes and names it."""

import re
from dataclasses import dataclass

from commands.deliver.addresses import one_line
from commands.desk import Desk
from renderers.documents import InvoiceDocument, OrderDocument
from renderers.invoice_pdf import invoice_html
from renderers.open_invoices import OpenInvoiceTable, open_invoices_html
from renderers.order_pdf import order_html
from renderers.statement_pdf import statement_html
from renderers.statement_values import StatementDocument

_NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True, slots=True)
class PdfFile:
    """`name` is a file name on every system, in any script, its extension included."""

    name: str
    content: bytes


def invoice_pdf(desk: Desk, document: InvoiceDocument) -> PdfFile:
    """An invoice or a credit memo. Raises `RenderFailed`."""
    return _made(desk, document, invoice_html(document))


def order_pdf(desk: Desk, document: OrderDocument) -> PdfFile:
    """An order confirmation. Raises `RenderFailed`."""
    return _made(desk, document, order_html(document))


def statement_pdf(desk: Desk, document: StatementDocument) -> PdfFile:
    """A statement of account. Raises `RenderFailed`."""
    return _made(desk, document, statement_html(document))


def open_invoices_pdf(desk: Desk, table: OpenInvoiceTable) -> PdfFile:
    """One list instead of many documents. Raises `RenderFailed`."""
    title = f"{table.company.name} {table.title} {table.as_of.isoformat()}"
    return PdfFile(file_name(title), desk.pdfs.render(open_invoices_html(table), title=title))


def file_name(title: str) -> str:
    """`title` as the name of a PDF: no separators, quotes or control characters."""
    plain = _NOT_IN_A_FILE_NAME.sub(" ", one_line(title))
    plain = " ".join(plain.split()).strip(". ")
    return f"{plain or 'Document'}.pdf"


def _made(
    desk: Desk, document: InvoiceDocument | OrderDocument | StatementDocument, html: str
) -> PdfFile:
    title = f"{document.company.name} {document.title} {document.number}"
    return PdfFile(file_name(title), desk.pdfs.render(html, title=title))

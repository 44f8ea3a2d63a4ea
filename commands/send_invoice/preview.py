"""The PDF behind a signed link: a preview, or what was sent, for the person it was made for."""

from commands import invoice_document, order_document, pdf_files, previews
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.pdf_files import PdfFile
from commands.people import actors
from commands.previews import (
    OrderPreview,
    Preview,
    PreviewUnknown,
    SentDocumentLink,
    StatementPreview,
)
from commands.send_invoice.sent_mail import sent_pdf
from commands.send_statement import preview as statement_preview


def signed_pdf(desk: Desk, *, signed: str) -> PdfFile:
    """Raises `PreviewUnknown`, `PreviewExpired`, `NotPermitted`, `Refused` or `RenderFailed`."""
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    # A role taken away closes what was signed before too.
    actor = actors.present(desk, asked.person_id)
    match asked:
        case SentDocumentLink():
            return sent_pdf(actor, desk, delivery_id=asked.delivery_id, position=asked.position)
        case StatementPreview():
            pdf = statement_preview.preview(actor, desk, asked=asked)
            return PdfFile(f"Preview {pdf.name}", pdf.content)
        case Preview() | OrderPreview():
            return _preview(actor, desk, asked)
    raise PreviewUnknown("This is not a preview of a document.")


def _preview(actor: Actor, desk: Desk, asked: Preview | OrderPreview) -> PdfFile:
    require(actor, Permission.SEE_INVOICES)
    pdf = _invoice(desk, asked) if isinstance(asked, Preview) else _order(desk, asked)
    return PdfFile(f"Preview {pdf.name}", pdf.content)


def _invoice(desk: Desk, asked: Preview) -> PdfFile:
    """The real PDF, for the person who has the form open."""
    pay_url = f"{desk.policy.base_url}/pay/preview" if asked.with_link else None
    with desk.database.reading() as session:
        document = invoice_document.assemble(
            session, desk.company, asked.invoice_number, pay_url=pay_url
        )
    return pdf_files.invoice_pdf(desk, document)


def _order(desk: Desk, asked: OrderPreview) -> PdfFile:
    with desk.database.reading() as session:
        document = order_document.assemble(session, desk.company, asked.order_number)
    return pdf_files.order_pdf(desk, document)

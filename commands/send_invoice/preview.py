"""The PDF behind a signed link: a preview, or what was sent, for the person it was made for."""

from commands import invoice_document, previews
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.invoice_document import PdfFile, file_name
from commands.people import actors
from commands.previews import Preview, PreviewUnknown, SentDocumentLink
from commands.send_invoice.sent_mail import sent_pdf
from renderers.invoice_pdf import invoice_html


def signed_pdf(desk: Desk, *, signed: str) -> PdfFile:
    """Raises `PreviewUnknown`, `PreviewExpired`, `NotPermitted`, `Refused` or `RenderFailed`."""
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    # A role taken away closes what was signed before too.
    actor = actors.present(desk, asked.person_id)
    if isinstance(asked, SentDocumentLink):
        return sent_pdf(actor, desk, delivery_id=asked.delivery_id)
    if isinstance(asked, Preview):
        return _preview(actor, desk, asked)
    raise PreviewUnknown("This is not a preview of a document.")


def _preview(actor: Actor, desk: Desk, asked: Preview) -> PdfFile:
    """The real PDF, for the person who has the form open."""
    require(actor, Permission.SEE_INVOICES)
    pay_url = f"{desk.policy.base_url}/pay/preview" if asked.with_link else None
    with desk.database.reading() as session:
        document = invoice_document.assemble(
            session, desk.company, asked.invoice_number, pay_url=pay_url
        )
    title = f"{document.title} {document.number}"
    content = desk.pdfs.render(invoice_html(document), title=title)
    return PdfFile(file_name("Preview", document.number), content)

"""The PDF behind a preview's link: the real one, for the person who has the form open."""

import re

from commands import invoice_document, previews
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.invoice_document import PdfFile
from commands.people.actors import find_actor
from renderers.invoice_pdf import invoice_html


def invoice_preview(desk: Desk, *, signed: str) -> PdfFile:
    """Raises `PreviewUnknown`, `PreviewExpired`, `NotPermitted`, `NotFound` or `RenderFailed`."""
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    require(_person(desk, asked.person_id), Permission.SEE_INVOICES)
    pay_url = f"{desk.policy.base_url}/pay/preview" if asked.with_link else None
    with desk.database.reading() as session:
        document = invoice_document.assemble(
            session, desk.company, asked.invoice_number, pay_url=pay_url
        )
    title = f"{document.title} {document.number}"
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", document.number).strip("-.") or "invoice"
    return PdfFile(f"Preview-{name}.pdf", desk.pdfs.render(invoice_html(document), title=title))


def _person(desk: Desk, person_id: str) -> Actor:
    """The person as they are now: a role taken away closes the preview too."""
    with desk.database.reading() as session:
        actor, is_active = find_actor(session, person_id)
    return actor if is_active else Actor(actor.id, "", "")

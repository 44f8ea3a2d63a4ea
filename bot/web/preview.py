"""GET /preview/{signed}: the real PDF of an invoice, for the person who has the form open."""

import re
from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from commands import invoice_document, previews
from commands.access import Actor, Permission, Role, require
from commands.desk import Desk
from commands.errors import NotPermitted, PayError, Refused, Unavailable
from commands.previews import Preview, PreviewExpired
from renderers import invoice_pdf, pages
from renderers.documents import NoticePage
from storage import users

SLOTS = 4  # renderings of previews at once: mails go first
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def preview(desk: Desk) -> Endpoint:
    limiter = CapacityLimiter(SLOTS)

    async def endpoint(request: Request) -> Response:
        signed = request.path_params["signed"]
        return await to_thread.run_sync(_answer, desk, signed, limiter=limiter)

    return endpoint


def _answer(desk: Desk, signed: str) -> Response:
    try:
        asked = previews.verify(desk.keyring, signed, desk.clock.real())
        require(_person(desk, asked.person_id), Permission.SEE_INVOICES)
        return _pdf(desk, asked)
    except PayError as error:
        return _notice(error)


def _person(desk: Desk, person_id: str) -> Actor:
    """The person as they are now: a role taken away closes the preview too."""
    with desk.database.reading() as session:
        row = users.find(session, person_id)
        if row is None or not row.active:
            return Actor(person_id, "", "")
        roles = frozenset(Role(role) for role in users.roles_of(session, person_id))
        return Actor(row.id, row.name, row.email, roles)


def _pdf(desk: Desk, asked: Preview) -> Response:
    pay_url = f"{desk.policy.base_url}/pay/preview" if asked.with_link else None
    with desk.database.reading() as session:
        document = invoice_document.assemble(
            session, desk.company, asked.invoice_number, pay_url=pay_url
        )
    html = invoice_pdf.invoice_html(document)
    pdf = desk.pdfs.render(html, title=f"{document.title} {document.number}")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", document.number).strip("-.") or "invoice"
    disposition = f'inline; filename="Preview-{name}.pdf"'
    headers = _HEADERS | {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


def _notice(error: PayError) -> Response:
    title, status = _kind(error)
    page = NoticePage(title=title, sentence=error.sentence, company=None)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    headers = _HEADERS | {"Content-Security-Policy": policy}
    return Response(
        pages.notice_page(page), status, media_type="text/html; charset=utf-8", headers=headers
    )


def _kind(error: PayError) -> tuple[str, int]:
    match error:
        case PreviewExpired():
            return "This preview has expired", 410
        case NotPermitted():
            return "Not for you", 403
        case Unavailable():
            return "No preview just now", 503
        case Refused():
            return "No such preview", 404
        case _:
            return "No preview", 400

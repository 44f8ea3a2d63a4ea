"""GET /preview/{signed}: a PDF for the person in Slack who asked: a preview, or what was sent."""

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.web import headers
from commands.desk import Desk
from commands.errors import NotPermitted, PayError, Refused, Unavailable
from commands.previews import PreviewExpired
from commands.send_invoice.preview import signed_pdf
from commands.send_invoice.sent_mail import DocumentGone
from renderers import pages
from renderers.documents import NoticePage

SLOTS = 4  # renderings of previews at once: mails go first

Endpoint = Callable[[Request], Awaitable[Response]]


def preview(desk: Desk) -> Endpoint:
    limiter = CapacityLimiter(SLOTS)

    async def endpoint(request: Request) -> Response:
        signed = request.path_params["signed"]
        return await to_thread.run_sync(_answer, desk, signed, limiter=limiter)

    return endpoint


def _answer(desk: Desk, signed: str) -> Response:
    try:
        pdf = signed_pdf(desk, signed=signed)
    except PayError as error:
        return _notice(error)
    own = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    shown = headers.PRIVATE | headers.shown_as(pdf.name) | own
    return Response(pdf.content, media_type="application/pdf", headers=shown)


def _notice(error: PayError) -> Response:
    title, status = _kind(error)
    page = NoticePage(title=title, sentence=error.sentence, company=None)
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    shown = headers.PRIVATE | {"Content-Security-Policy": policy}
    return HTMLResponse(pages.notice_page(page), status, shown)


def _kind(error: PayError) -> tuple[str, int]:
    match error:
        case PreviewExpired():
            return "This preview has expired", 410
        case DocumentGone():
            return "No longer kept", 410
        case NotPermitted():
            return "Not for you", 403
        case Unavailable():
            return "No preview just now", 503
        case Refused():
            return "No such preview", 404
        case _:
            return "No preview", 400

"""GET /preview/{signed}, for the person in Slack who asked: a preview, what was sent, a CSV…"""

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from bot.web import headers
from commands.csv_files import CsvFile
from commands.desk import Desk
from commands.errors import LinkOff, NotPermitted, PayError, Refused, Unavailable
from commands.link_status.counter import counter_page
from commands.previews import PreviewExpired
from commands.send_invoice.preview import signed_pdf
from commands.send_invoice.sent_mail import DocumentGone
from commands.signed_csv import signed_csv
from renderers import pages
from renderers.page_values import NoticePage

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
        counter = counter_page(desk, signed=signed)
        if counter is not None:
            return _page(pages.counter_page(counter))
        table = signed_csv(desk, signed=signed)
        if table is not None:
            return _download(table)
        pdf = signed_pdf(desk, signed=signed)
    except PayError as error:
        return _notice(error)
    own = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    shown = headers.PRIVATE | headers.shown_as(pdf.name) | own
    return Response(pdf.content, media_type="application/pdf", headers=shown)


def _download(table: CsvFile) -> Response:
    saved = headers.PRIVATE | headers.saved_as(table.name)
    return StreamingResponse(table.pieces, 200, saved, media_type="text/csv")


def _notice(error: PayError) -> Response:
    title, status = _kind(error)
    page = NoticePage(title=title, sentence=error.sentence, company=None)
    return _page(pages.notice_page(page), status)


def _page(html: str, status: int = 200) -> Response:
    policy = {"Content-Security-Policy": pages.content_security_policy()}
    return HTMLResponse(html, status, headers.PRIVATE | policy)


# By kind of error, the most special first.
_KINDS: tuple[tuple[type[PayError], str, int], ...] = (
    (PreviewExpired, "This preview has expired", 410),
    (DocumentGone, "No longer kept", 410),
    (LinkOff, "This link has ended", 410),
    (NotPermitted, "Not for you", 403),
    (Unavailable, "No preview just now", 503),
    (Refused, "No such preview", 404),
    (PayError, "No preview", 400),
)


def _kind(error: PayError) -> tuple[str, int]:
    return next((title, status) for kind, title, status in _KINDS if isinstance(error, kind))

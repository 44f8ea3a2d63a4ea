"""The customer's side: `GET` shows, `POST` starts a payment, and the documents behind a link.

The token is the capability. Nothing here writes a token into a log.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from urllib.parse import parse_qs, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.web import headers
from bot.web.bodies import BrokenOff, TooLarge, bounded_body
from bot.web.unknown_tokens import UnknownTokens
from commands.desk import Desk
from commands.errors import (
    InvalidInput,
    LinkOff,
    LinksDisabled,
    NotFound,
    PayError,
    Refused,
    Unavailable,
)
from commands.payment_link import service as payment_link
from commands.take_payment import checkout, documents, notices
from commands.take_payment.order import CheckoutOrder, Choice
from commands.take_payment.page import Look, pay_page
from renderers import pages
from renderers.page_values import NoticePage, PayPage
from storage.database import DatabaseBusy

log = logging.getLogger(__name__)
# A link may cover thousands of invoices, each with its tick.
_MAX_FORM = 1_000_000
_MAX_FIELDS = 20_000
# Requests at work at once, apart from each other: a gateway or a rendering that hangs must not
# keep anybody from the page that says whom to call.
_PAGES, _CHECKOUTS, _DOCUMENTS = 16, 32, 4
_GONE = 410
_FIELDS = frozenset(
    {"amount", "reference", "invoice", "method"}
)  # that have a place for a mistake beside them

Form = dict[str, list[str]]


class PayPages:
    """`checkout_origins`: where the gateway's own page lives, such as https://checkout.stripe.com.

    Browsers apply `form-action` to the redirect after the POST, so it has to name them.
    """

    def __init__(self, desk: Desk, *, checkout_origins: tuple[str, ...]) -> None:
        self._desk = desk
        self._pages = CapacityLimiter(_PAGES)
        self._checkouts = CapacityLimiter(_CHECKOUTS)
        self._documents = CapacityLimiter(_DOCUMENTS)
        self._unknown = UnknownTokens()
        policy = pages.content_security_policy(checkout_origins)
        self._headers = headers.PRIVATE | {"Content-Security-Policy": policy}

    def routes(self) -> list[Route]:
        return [
            Route("/pay/preview", self._preview, methods=["GET"]),
            Route("/pay/{token}", self._show, methods=["GET"]),
            Route("/pay/{token}", self._start, methods=["POST"]),
            Route("/pay/{token}/invoices.csv", self._csv, methods=["GET"]),
            Route("/pay/{token}/invoices/{number:path}.pdf", self._pdf, methods=["GET"]),
        ]

    async def _preview(self, request: Request) -> Response:
        return await self._answer(request, lambda: self._notice(notices.preview(self._desk), 200))

    async def _show(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            query = _fields(request.url.query.encode())
        except ValueError:
            query = {}
        return await self._answer(request, lambda: self._page(token, _look(query)))

    async def _csv(self, request: Request) -> Response:
        return await self._answer(request, lambda: self._csv_of(request.path_params["token"]))

    async def _pdf(self, request: Request) -> Response:
        token, number = request.path_params["token"], request.path_params["number"]
        return await self._answer(request, lambda: self._pdf_of(token, number), self._documents)

    async def _start(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return self._notice(_foreign(self._desk), 403)
        try:
            form = _fields(await bounded_body(request, _MAX_FORM))
        except BrokenOff:
            return PlainTextResponse("incomplete", 400)
        except (TooLarge, ValueError):
            form = {}  # no method: the page again, with the sentence that asks for one
        token = request.path_params["token"]
        return await self._answer(request, lambda: self._checkout(token, form), self._checkouts)

    async def _answer(
        self, request: Request, work: Callable[[], Response], slots: CapacityLimiter | None = None
    ) -> Response:
        """Run `work` in a thread of ours; whatever it raises becomes a page."""
        slots = slots or self._pages
        return await to_thread.run_sync(self._guarded, _address(request), work, limiter=slots)

    def _guarded(self, address: str, work: Callable[[], Response]) -> Response:
        try:
            return work()
        except NotFound:
            # Links that exist are shown all the same: many customers may share one address.
            status = 404 if self._unknown.missed(address) else 429
            return self._notice(notices.unknown(self._desk), status)
        except Unavailable as error:
            return self._notice(
                NoticePage("Just a moment", error.sentence, self._desk.company), 503
            )
        except DatabaseBusy:
            sentence = "Nothing was charged. Please try again in a minute."
            return self._notice(NoticePage("Just a moment", sentence, self._desk.company), 503)
        except Exception:
            log.exception("a pay page failed")
            return self._notice(_broken(self._desk), 500)

    def _page(self, token: str, look: Look | None = None) -> Response:
        return self._shown(pay_page(self._desk, token=token, look=look), 200)

    def _again(self, order: CheckoutOrder, error: PayError, status: int) -> Response:
        """The page once more with what was typed, the sentence at its field or on top; what ended
        meanwhile says so itself.
        """
        page = pay_page(self._desk, token=order.token, look=Look(choice=order))
        if not isinstance(page, PayPage):
            return self._shown(page, status)
        mistakes = error.fields if isinstance(error, InvalidInput) else {}
        beside = page.state == "due" and mistakes.keys() <= _FIELDS
        notice = "" if mistakes and beside else error.sentence
        form = replace(page.form, mistakes=mistakes)
        return self._shown(replace(page, notice=notice, form=form), status)

    def _shown(self, page: PayPage | NoticePage, status: int) -> Response:
        if isinstance(page, NoticePage):
            return self._notice(page, _GONE)
        return HTMLResponse(pages.pay_page(page), status, self._headers)

    def _notice(self, page: NoticePage, status: int) -> Response:
        return HTMLResponse(pages.notice_page(page), status, self._headers)

    def _checkout(self, token: str, form: Form) -> Response:
        actor = payment_link.bearer(self._desk, token)
        chosen = _choice(form)
        order = CheckoutOrder(**asdict(chosen), token=token, method=_last(form, "method"))
        try:
            target = checkout.start_checkout(actor, self._desk, request=order)
        except (LinkOff, LinksDisabled):
            return self._page(token)
        except (Refused, Unavailable) as error:
            return self._again(order, error, _status(error))
        return RedirectResponse(self._seen_from_here(target), 303, self._headers)

    def _seen_from_here(self, target: str) -> str:
        """Our own page without its origin: the browser may know us by another name."""
        there, base = urlsplit(target), urlsplit(self._desk.policy.base_url)
        return there._replace(scheme="", netloc="").geturl() if there[:2] == base[:2] else target

    def _csv_of(self, token: str) -> Response:
        try:
            text = documents.invoices_csv(self._desk, token=token)
        except LinkOff:
            return self._page(token)
        own = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
        return Response(text, 200, self._headers | own, media_type="text/csv")

    def _pdf_of(self, token: str, number: str) -> Response:
        try:
            pdf = documents.invoice_pdf(self._desk, token=token, number=number)
        except LinkOff:
            return self._page(token)
        own = headers.shown_as(pdf.name)
        return Response(pdf.content, 200, self._headers | own, media_type="application/pdf")


def _status(error: PayError) -> int:
    if isinstance(error, InvalidInput):
        return 422
    return 503 if isinstance(error, Unavailable) else 409


def _foreign(desk: Desk) -> NoticePage:
    sentence = "The request came from another website. Please open the link of the mail itself."
    return NoticePage("This was not started here", sentence, desk.company)


def _broken(desk: Desk) -> NoticePage:
    call = notices.whom_to_call(desk.company)
    sentence = f"Nothing was charged by this page. Please try again, or contact {call}."
    return NoticePage("Something went wrong", sentence, desk.company)


def _fields(body: bytes) -> Form:
    return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)


def _look(query: Form) -> Look:
    """What the address asks to be shown; without JavaScript it carries the choice too."""
    return Look("returned" in query, "credited" in query, _choice(query))


def _choice(form: Form) -> Choice:
    return Choice(
        amount_text=_last(form, "amount") or None,
        invoice_numbers=tuple(form.get("invoice", ())),
        reference=_last(form, "reference"),
        use_credit=_last(form, "credit") == "yes",
        ticks=_last(form, "ticks") == "yes",
    )


def _last(form: Form, name: str) -> str:
    return form.get(name, [""])[-1]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

"""The page a payer sees: choose a method, pay, go back to the merchant."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.stripe import checkout, payers, payments
from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.checkout_rules import check_email
from bot.sandbox.stripe.currencies import display
from bot.sandbox.stripe.errors import ApiError
from bot.sandbox.stripe.form import decode_form

MAX_FORM = 10_000
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # No form-action: browsers would apply it to the redirect back to the merchant.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_TEMPLATES = jinja2.Environment(
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    loader=jinja2.FunctionLoader(
        lambda name: files("bot.sandbox.stripe").joinpath("templates", name).read_text("utf-8")
    ),
)
_TEMPLATES.filters["money"] = display


@dataclass(frozen=True)
class PageForm:
    """What the payer typed; `method` and `bank` hold the choice."""

    method: str = ""
    email: str = ""
    name: str = ""
    card_number: str = ""
    bank: str = "settles"

    @classmethod
    def read(cls, fields: Mapping[str, object]) -> "PageForm":
        names = cls.__dataclass_fields__
        return cls(**{name: str(fields[name]).strip() for name in names if name in fields})


class HostedPage:
    def __init__(self, books: Books) -> None:
        self._books = books

    def routes(self) -> list[Route]:
        return [
            Route("/c/pay/{id}", self._show, methods=["GET"]),
            Route("/c/pay/{id}", self._submit, methods=["POST"]),
            Route("/receipts/{id}", self._receipt, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        return await run_in_threadpool(self._view, request.path_params["id"])

    async def _receipt(self, request: Request) -> Response:
        return await run_in_threadpool(self._charged, request.path_params["id"])

    def _charged(self, charge_id: str) -> Response:
        with self._books.lock:
            charge = self._books.find(charge_id)
            if charge is None or charge["object"] != "charge" or not charge["paid"]:
                return self._page("missing", None, status=404)
            intent = self._books.get("payment_intent", charge["payment_intent"])
            return self._page("paid", payments.session_of(self._books, intent))

    async def _submit(self, request: Request) -> Response:
        body = (await request.body())[:MAX_FORM].decode(errors="replace")
        return await run_in_threadpool(self._paid_by, request.path_params["id"], body)

    def _view(self, session_id: str) -> Response:
        with self._books.lock:
            session = self._session(session_id)
            if session is None:
                return self._page("missing", None, status=404)
            return self._page(_state(self._books, session), session)

    def _session(self, session_id: str) -> Record | None:
        checkout.expire_overdue(self._books)
        session = self._books.find(session_id)
        return session if session and session["object"] == "checkout.session" else None

    def _paid_by(self, session_id: str, body: str) -> Response:
        with self._books.lock:
            session = self._session(session_id)
            if session is None or session["status"] != "open":
                return self._view(session_id)
            form = PageForm()
            try:
                form = PageForm.read(decode_form(body))
                problem = pay(self._books, session, form)
            except ApiError as error:
                problem = str(error)
            if problem:
                return self._page("open", session, form, problem, status=402)
            return RedirectResponse(return_address(session), 303, _HEADERS)

    def _page(
        self,
        state: str,
        session: Record | None,
        form: PageForm | None = None,
        problem: str = "",
        status: int = 200,
    ) -> Response:
        text = _TEMPLATES.get_template("checkout.html").render(
            state=state,
            session=session,
            items=self._books.line_items.get(session["id"], []) if session else [],
            merchant=self._books.merchant_name,
            form=form or PageForm(),
            problem=problem,
            known_email=_known_email(self._books, session) if session else None,
            description=self._description(session),
        )
        return HTMLResponse(text, status, _HEADERS)

    def _description(self, session: Record | None) -> str | None:
        params = self._books.intent_params.get(session["id"], {}) if session else {}
        return params.get("description")


def _state(books: Books, session: Record) -> str:
    """open, expired, paid, processing or failed: what the payer is to read."""
    if session["status"] != "complete":
        return str(session["status"])
    if session["payment_status"] == "paid":
        return "paid"
    intent = books.get("payment_intent", session["payment_intent"])
    return "processing" if intent["status"] == "processing" else "failed"


def _known_email(books: Books, session: Record) -> str | None:
    """The address the merchant gave; the payer cannot change it then, as on Stripe's page."""
    customer = books.find(session["customer"] or "") or {}
    email: str | None = session["customer_email"] or customer.get("email")
    return email


def return_address(session: Record) -> str:
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def pay(books: Books, session: Record, form: PageForm) -> str:
    """Pay an open session as typed; the sentence for the payer when it was declined, else "".

    ApiError when the form cannot be used at all.
    """
    email = _known_email(books, session) or form.email
    check_email(email, "email")
    payer = {"email": email, "name": form.name or None}
    if form.method not in session["payment_method_types"]:
        return "Please choose how you want to pay."
    if form.method == "us_bank_account":
        plan = form.bank if form.bank in payers.BANK_LAST4 else "settles"
        payments.pay_by_bank(books, session, plan, payer)
        return ""
    # Link keeps a card on file; here it is always the one that succeeds.
    number = "4242424242424242" if form.method == "link" else form.card_number
    decline = payments.pay_by_card(books, session, payers.card(number), payer)
    return decline.message if decline else ""

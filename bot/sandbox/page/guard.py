"""Only the page itself may ask: a page of another site in the same browser may not."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = frozenset(("127.0.0.1", "localhost"))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class OwnPageOnly:
    """Answers to loopback names alone, takes JSON alone, and lets nothing in from outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif refusal := _refusal(Headers(scope=scope), scope["method"]):
            await PlainTextResponse(refusal, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))


def _refusal(headers: Headers, method: str) -> str:
    if headers.get("host", "").partition(":")[0] not in NAMES:
        return "This page answers to 127.0.0.1 only."
    if headers.get("sec-fetch-site", "same-origin") == "cross-site" and method != "GET":
        return "A page of another site may not press these buttons."
    # A form of another site cannot send this type without asking first.
    if method == "POST" and headers.get("content-type") != "application/json":
        return "Ask with JSON."
    return ""


def _with_headers(send: Send) -> Send:
    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return named

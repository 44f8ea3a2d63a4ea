"""Bodies that are too long or break off, on every route that reads one."""

import anyio
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Scope

from bot.adapters.stripe_webhooks import StripeEventVerifier
from bot.web.pay_page import PayPages
from bot.web.stripe_webhook import StripeWebhook
from tests.conftest import Room


@pytest.mark.parametrize("path", ["/stripe/webhook", "/pay/" + "x" * 43])
def test_a_body_that_breaks_off_is_no_server_error(room: Room, path: str) -> None:
    webhook = StripeWebhook(room.desk, StripeEventVerifier(["whsec_bloom"], livemode=False))
    pages = PayPages(room.desk, checkout_origins=())
    app = Starlette(routes=[*webhook.routes(), *pages.routes()])
    assert anyio.run(status_of_half_a_post, app, path) == 400


async def status_of_half_a_post(app: Starlette, path: str) -> int:
    """The answer when the connection is lost after the first bytes of the body."""
    parts: list[Message] = [
        {"type": "http.request", "body": b"method=", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[int] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [],
        "query_string": b"",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return answered[0]

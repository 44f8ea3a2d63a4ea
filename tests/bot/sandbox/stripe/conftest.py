"""A started gateway, the real SDK pointed at it, and a receiver that checks signatures."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from stripe.checkout import Session

from bot.sandbox import loopback
from bot.sandbox.serving import LoopbackServer
from bot.sandbox.stripe.sandbox import StripeSandbox

API_KEY, SECRET = "sk_test_garden", "whsec_garden"
Params = dict[str, Any]


class WebhookReceiver:
    """What an integration has: a route that accepts nothing without a good signature."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.headers: list[str] = []
        self.answers: list[int] = []  # statuses for the next requests, then 200
        self._changed = threading.Condition()
        self.server = LoopbackServer(
            Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])
        )

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        header = request.headers["stripe-signature"]
        event = stripe.Webhook.construct_event(body, header, SECRET)
        with self._changed:
            self.events.append(event)
            self.headers.append(header)
            status = self.answers.pop(0) if self.answers else 200
            self._changed.notify_all()
        return PlainTextResponse("noted", status)

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def wait_for(self, count: int, timeout: float = 5.0) -> None:
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.events) >= count, timeout)
        assert arrived, f"{len(self.events)} of {count} events arrived"


@pytest.fixture
def clock() -> list[float]:
    """Seconds that the account's clock is ahead of the real one."""
    return [0.0]


@pytest.fixture
def gateway(clock: list[float]) -> Iterator[StripeSandbox]:
    sandbox = StripeSandbox(API_KEY, SECRET, "Garden & Sons", lambda: time.time() + clock[0])
    with sandbox:
        yield sandbox


@pytest.fixture
def receiver(gateway: StripeSandbox) -> Iterator[WebhookReceiver]:
    hook = WebhookReceiver()
    with hook.server:
        gateway.webhook_url = f"{hook.server.url}/hook"
        yield hook
        gateway.webhook_url = None


@pytest.fixture
def client(gateway: StripeSandbox) -> Iterator[stripe.StripeClient]:
    transport = stripe.RequestsClient(timeout=10)
    addresses: Any = {"api": gateway.api_base}
    yield stripe.StripeClient(API_KEY, base_addresses=addresses, http_client=transport)
    transport.close()  # type: ignore[no-untyped-call]  # stripe-python left it so


@pytest.fixture
def browser() -> Iterator[httpx2.Client]:
    with loopback.client() as web:
        yield web


@pytest.fixture
def order() -> Params:
    """One invoice of 125.00 USD."""
    return {
        "mode": "payment",
        "client_reference_id": "attempt-1",
        "success_url": "https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/back",
        "customer_email": "buyer@flowers.example",
        "metadata": {"attempt_id": "attempt-1"},
        "payment_intent_data": {
            "description": "Invoice INV-1042",
            "metadata": {"attempt_id": "attempt-1"},
            "receipt_email": "buyer@flowers.example",
        },
        "line_items": [line("Invoice INV-1042", 12_500)],
    }


@pytest.fixture
def new_line() -> Callable[..., Params]:
    return line


def line(name: str, amount: int, currency: str = "usd") -> Params:
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": name}}
    return {"quantity": 1, "price_data": price}


class Till:
    """The shop's side: opens checkouts for the order, with what a test changes about it."""

    def __init__(self, client: stripe.StripeClient, order: Params) -> None:
        self._client = client
        self.order = order

    def open(self, key: str | None = None, **changes: Any) -> Session:
        params: Any = {**self.order, **changes}
        kept = {name: value for name, value in params.items() if value is not None}
        options: Any = {"idempotency_key": key} if key else {}
        return self._client.v1.checkout.sessions.create(kept, options)  # type: ignore[arg-type]


@pytest.fixture
def till(client: stripe.StripeClient, order: Params) -> Till:
    return Till(client, order)

"""The pay pages and the webhook on real HTTP, Stripe's stand-in behind them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx2
import pytest
from starlette.applications import Starlette

from bot.adapters.stripe_account import StripeAccount
from bot.adapters.stripe_balance import StripeBalance
from bot.adapters.stripe_client import connect
from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
from bot.adapters.stripe_history import StripeHistory
from bot.adapters.stripe_money_back import StripeDisputes, StripeRefunds
from bot.adapters.stripe_webhooks import StripeEventVerifier
from bot.jobs import gateway_events
from bot.sandbox import loopback
from bot.sandbox.serving import LoopbackServer
from bot.sandbox.stripe.sandbox import StripeSandbox
from bot.web.pay_page import PayPages
from bot.web.stripe_webhook import StripeWebhook
from commands.desk import Desk, Gateway
from commands.payments_account.stored import StoredAccount
from commands.ports import SystemClock
from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till

KEY, SECRET = "sk_test_bloom", "whsec_bloom"


@dataclass
class Shop:
    """The product's web side, its books, and the stand-in that plays Stripe."""

    desk: Desk
    stripe: StripeSandbox
    http: httpx2.Client
    till: Till

    def post(self, token: str, **form: str | list[str]) -> httpx2.Response:
        return self.http.post(f"/pay/{token}", data={"method": "card"} | form)

    def session_id(self, token: str, **form: str | list[str]) -> str:
        """Press the button; the id of the session it leads to."""
        answer = self.post(token, **form)
        assert answer.status_code == 303
        return answer.headers["location"].rpartition("/")[2]

    def settle(self) -> int:
        """Wait for the webhooks and handle what came."""
        assert self.stripe.wait_delivered()
        return gateway_events.drain(self.desk)


@pytest.fixture(scope="module")
def stripe_stand_in() -> Iterator[StripeSandbox]:
    with StripeSandbox(KEY, SECRET, "Bloom Wholesale") as sandbox:
        yield sandbox


@pytest.fixture
def shop(room: Room, stripe_stand_in: StripeSandbox) -> Iterator[Shop]:
    """Blue Iris owes USD 125.00 for INV-1042; the clock is the real one."""
    client = connect(KEY, stripe_stand_in.api_base, timeout=5)
    gateway = Gateway(
        StripeCheckouts(client),
        StripePayments(client),
        StoredAccount(room.desk.database, StripeAccount(client)),
        StripeHistory(client, livemode=False),
        StripeRefunds(client),
        StripeDisputes(client),
        StripeBalance(client),
    )
    desk = replace(room.desk, gateway=gateway, clock=SystemClock())
    with desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    pages = PayPages(desk, checkout_origins=(stripe_stand_in.api_base,))
    webhook = StripeWebhook(desk, StripeEventVerifier([SECRET], livemode=False))
    app = Starlette(routes=[*webhook.routes(), *pages.routes()])
    with LoopbackServer(app) as server, loopback.client(base_url=server.url, timeout=20) as http:
        stripe_stand_in.webhook_url = f"{server.url}/stripe/webhook"
        desk = replace(desk, policy=replace(desk.policy, base_url=server.url))
        yield Shop(desk, stripe_stand_in, http, Till(desk, room.gateway))
        stripe_stand_in.webhook_url = None
        stripe_stand_in.deliver_events("normal")

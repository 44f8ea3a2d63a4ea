"""Against answers that say less than they could: restricted keys, objects left as ids."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.adapters.stripe_account import StripeAccount
from bot.adapters.stripe_client import connect
from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
from bot.sandbox.serving import LoopbackServer
from commands.ports import GatewayPayment

NOW = int(datetime(2026, 3, 14, tzinfo=UTC).timestamp())
SESSION = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "status": "complete",
    "payment_status": "paid",
    "payment_intent": "pi_1",
    "expires_at": NOW,
    "livemode": False,
    "metadata": {"attempt_id": "a-1"},
}
INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "status": "succeeded",
    "amount": 12500,
    "amount_received": 12500,
    "currency": "usd",
    "created": NOW,
    "latest_charge": "ch_1",
}
CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
}
ANSWERS = {
    "checkout/sessions": {"object": "list", "data": [SESSION], "has_more": False, "url": "/v1"},
    "checkout/sessions/cs_test_1": SESSION,
    "payment_intents/pi_1": INTENT,
    "charges/ch_1": CHARGE,
}
REFUSALS = {"rk_test_narrow": 403, "rk_test_lost": 404, "sk_test_wrong": 401}


async def answer(request: Request) -> JSONResponse:
    """Ids where objects were asked for, and no word about the account."""
    key = request.headers["authorization"].removeprefix("Bearer ")
    told = ANSWERS.get(request.path_params["path"])
    if told is None:
        error = {"type": "invalid_request_error", "message": "not for this key"}
        return JSONResponse({"error": error}, REFUSALS[key])
    return JSONResponse(told)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with LoopbackServer(Starlette(routes=[Route("/v1/{path:path}", answer)])) as server:
        yield server.url


def paid(payment: GatewayPayment | None) -> tuple[str, str, str]:
    assert payment is not None
    return payment.id, payment.method, payment.method_detail


def test_a_payment_left_as_an_id_is_fetched(base: str) -> None:
    client = connect("sk_test_1", base, retries=0)
    card = ("pi_1", "card", "Visa ending in 4242")
    assert paid(StripeCheckouts(client).find("cs_test_1").payment) == card
    assert paid(StripePayments(client).find("pi_1")) == card
    session = StripePayments(client).session_of("pi_1")
    assert session is not None
    assert paid(session.payment) == card


@pytest.mark.parametrize("key", ["rk_test_narrow", "rk_test_lost"])
def test_a_key_that_may_not_see_the_account_can_take_payments(base: str, key: str) -> None:
    reading = StripeAccount(connect(key, base, retries=0)).read()
    assert (reading.status, reading.methods) == ("active", ("card", "us_bank_account"))


def test_a_key_that_is_not_accepted_takes_none(base: str) -> None:
    reading = StripeAccount(connect("sk_test_wrong", base, retries=0)).read()
    assert reading.status == "restricted"
    assert "STRIPE_API_KEY" in reading.problem

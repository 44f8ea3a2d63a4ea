"""The adapters against the stand-in, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import stripe

from bot.adapters.not_connected import NotConnected
from bot.adapters.stripe_account import StripeAccount
from bot.adapters.stripe_client import connect
from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.errors import GatewayUnavailable, NotFound, Refused
from commands.ports import CheckoutLine, CheckoutRequest
from storage.money import Money

KEY = "sk_test_bloom"


@pytest.fixture
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(KEY, "whsec_bloom") as running:
        yield running


@pytest.fixture
def client(sandbox: StripeSandbox) -> stripe.StripeClient:
    return connect(KEY, sandbox.api_base, timeout=2, retries=0)


@pytest.fixture
def checkouts(client: stripe.StripeClient) -> StripeCheckouts:
    return StripeCheckouts(client)


def a_request(*, minor: int = 12500, attempt_id: str = "") -> CheckoutRequest:
    return CheckoutRequest(
        attempt_id=attempt_id or str(uuid4()),
        lines=(CheckoutLine("Invoice INV-1042", Money(minor, "USD")),),
        method="card",
        description="Invoice INV-1042",
        success_url="https://pay.bloom.test/pay/t?returned=1",
        cancel_url="https://pay.bloom.test/pay/t",
        expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1),
    )


def test_a_session_is_made_under_the_attempts_key(
    checkouts: StripeCheckouts, sandbox: StripeSandbox
) -> None:
    request = a_request()
    made = checkouts.start(request)
    assert (made.status, made.attempt_id, made.payment) == ("open", request.attempt_id, None)
    assert made.expires_at == request.expires_at
    assert sandbox.calls[-1].idempotency_key == f"cs:{request.attempt_id}"
    assert checkouts.start(request).id == made.id


def test_a_paid_session_tells_its_payment(
    checkouts: StripeCheckouts, client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    made = checkouts.start(a_request())
    sandbox.pay(made.id, email="ap@iris.test")
    told = checkouts.find(made.id)
    assert told.payment is not None
    assert told.payment.amount == Money(12500, "USD")
    assert told.payment.method_detail == "Visa ending in 4242"
    assert told.payment.payer_email == "ap@iris.test"
    assert told.payment.statement_descriptor
    assert StripePayments(client).session_of(told.payment.id) == told
    assert StripePayments(client).find(told.payment.id).status == "succeeded"


def test_a_declined_card_is_no_failure_of_the_session(
    checkouts: StripeCheckouts, sandbox: StripeSandbox
) -> None:
    made = checkouts.start(a_request())
    sandbox.pay(made.id, outcome="declined")
    told = checkouts.find(made.id)
    assert told.status == "open"
    assert told.payment is not None
    assert told.payment.status == "requires_payment"


def test_expiring_tells_how_the_session_stands(
    checkouts: StripeCheckouts, sandbox: StripeSandbox
) -> None:
    unpaid, paid = checkouts.start(a_request()), checkouts.start(a_request())
    sandbox.pay(paid.id)
    assert checkouts.expire(unpaid.id).status == "expired"
    assert checkouts.expire(unpaid.id).status == "expired"
    assert checkouts.expire(paid.id).status == "complete"


def test_what_stripe_does_not_know_is_not_found(checkouts: StripeCheckouts) -> None:
    with pytest.raises(NotFound):
        checkouts.find("cs_test_none")
    with pytest.raises(NotFound):
        checkouts.expire("cs_test_none")


def test_what_stripe_never_accepts_is_refused(checkouts: StripeCheckouts) -> None:
    with pytest.raises(Refused):
        checkouts.start(a_request(minor=10))


@pytest.mark.parametrize(
    ("fault", "known"), [("drop", False), ("error", False), ("rate_limit", True), ("hang", False)]
)
def test_an_answer_that_does_not_come_is_unavailable(
    checkouts: StripeCheckouts, sandbox: StripeSandbox, fault: str, known: bool
) -> None:
    sandbox.fail_next(fault, "/v1/checkout/sessions", seconds=4)  # type: ignore[arg-type]  # from a table
    with pytest.raises(GatewayUnavailable) as caught:
        checkouts.start(a_request())
    assert caught.value.outcome_known is known


def test_a_wrong_key_is_a_matter_for_an_administrator(sandbox: StripeSandbox) -> None:
    with pytest.raises(GatewayUnavailable, match="STRIPE_API_KEY"):
        StripeCheckouts(connect("sk_test_wrong", sandbox.api_base)).find("cs_test_none")


def test_the_account_says_what_it_can_take_and_what_is_missing(
    client: stripe.StripeClient, sandbox: StripeSandbox
) -> None:
    account = StripeAccount(client)
    reading = account.read()
    assert (reading.status, reading.methods) == ("active", ("card", "us_bank_account"))
    assert reading.account_id.startswith("acct_")
    sandbox.restrict_account()
    reading = account.read()
    assert (reading.status, reading.methods) == ("restricted", ())
    assert "external_account" in reading.requirements


def test_an_outage_is_no_answer() -> None:
    account = StripeAccount(connect(KEY, "http://127.0.0.1:9", timeout=1, retries=0))
    with pytest.raises(GatewayUnavailable):
        account.read()


def test_without_a_key_the_account_is_not_connected() -> None:
    assert NotConnected().state().status == "not_connected"
    with pytest.raises(GatewayUnavailable, match="STRIPE_API_KEY"):
        NotConnected().find("cs_1")

"""Refunds and disputes against the stand-in, over HTTP."""

from uuid import uuid4

import pytest
import stripe

from bot.adapters.stripe_gateway import StripeCheckouts
from bot.adapters.stripe_money_back import StripeDisputes, StripeRefunds
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.errors import GatewayUnavailable, Refused
from commands.ports import RefundRequest
from commands.take_payment.events import EVENT_TYPES
from storage.money import Money
from tests.bot.adapters.test_stripe_gateway import a_request, checkouts, client, sandbox

__all__ = ["checkouts", "client", "sandbox"]
MOST_TYPES = 20  # that Stripe's list of events takes at once


@pytest.fixture
def payment(sandbox: StripeSandbox, client: stripe.StripeClient) -> str:
    made = StripeCheckouts(client).start(a_request())
    return str(sandbox.pay(made.id)["payment_intent"])


@pytest.fixture
def refunds(client: stripe.StripeClient) -> StripeRefunds:
    return StripeRefunds(client)


def asked(payment: str, minor: int = 2500, key: str = "refund:1:1") -> RefundRequest:
    amount = Money(minor, "USD")
    return RefundRequest("order-1", key, payment, amount, "requested_by_customer")


def test_the_same_key_makes_one_refund(
    refunds: StripeRefunds, payment: str, sandbox: StripeSandbox
) -> None:
    made = [refunds.make(asked(payment)) for _ in range(3)]
    assert len({refund.id for refund in made}) == 1
    assert (made[0].order_id, made[0].amount) == ("order-1", Money(2500, "USD"))
    assert refunds.find(made[0].id) == refunds.of_payment(payment)[0]
    assert sandbox.captured() == {"usd": 10000}


def test_a_lost_answer_is_found_by_looking(
    refunds: StripeRefunds, payment: str, sandbox: StripeSandbox
) -> None:
    sandbox.fail_next("drop", "/v1/refunds")
    with pytest.raises(GatewayUnavailable) as told:
        refunds.make(asked(payment))
    assert (told.value.outcome_known, told.value.key_spent) == (False, False)
    assert [known.order_id for known in refunds.of_payment(payment)] == ["order-1"]


def test_a_failure_says_that_the_key_is_spent(
    refunds: StripeRefunds, payment: str, sandbox: StripeSandbox
) -> None:
    sandbox.fail_next("error", "/v1/refunds")
    with pytest.raises(GatewayUnavailable) as told:
        refunds.make(asked(payment))
    assert told.value.key_spent
    with pytest.raises(GatewayUnavailable):
        refunds.make(asked(payment))
    assert refunds.make(asked(payment, key="refund:1:2")).status == "succeeded"


def test_being_asked_to_wait_spends_no_key(
    refunds: StripeRefunds, payment: str, sandbox: StripeSandbox
) -> None:
    sandbox.fail_next("rate_limit", "/v1/refunds")
    with pytest.raises(GatewayUnavailable) as told:
        refunds.make(asked(payment))
    assert not told.value.key_spent


def test_what_stripe_refuses_is_a_sentence(refunds: StripeRefunds, payment: str) -> None:
    refunds.make(asked(payment, 12500))
    with pytest.raises(Refused, match="refunded already"):
        refunds.make(asked(payment, key="refund:2:1"))


def test_a_dispute_tells_reason_deadline_and_what_was_taken(
    client: stripe.StripeClient, payment: str, sandbox: StripeSandbox
) -> None:
    opened = sandbox.dispute(payment, "product_not_received")
    port = StripeDisputes(client)
    told = port.find(opened["id"])
    assert (told.reason, told.status, told.payment_id) == (
        "product_not_received",
        "needs_response",
        payment,
    )
    assert (told.withdrawn, told.movements) == (Money(12500, "USD"), 1)
    assert told.due_by is not None
    sandbox.win_dispute(opened["id"])
    told = port.find(opened["id"])
    assert (told.status, told.withdrawn.minor, told.movements) == ("won", 0, 2)


def test_a_disputed_payment_cannot_be_refunded(
    refunds: StripeRefunds, payment: str, sandbox: StripeSandbox
) -> None:
    sandbox.dispute(payment)
    with pytest.raises(Refused, match="disputed"):
        refunds.make(asked(payment, key=f"refund:{uuid4()}:1"))


def test_stripe_lists_all_our_types_at_once() -> None:
    assert len(EVENT_TYPES) <= MOST_TYPES

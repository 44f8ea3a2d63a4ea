"""Money back: refunds and disputes, and what they leave of the payment."""

from typing import Any

import pytest
import stripe

from bot.sandbox.stripe.errors import ApiError
from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported


def _types(gateway: StripeSandbox, since: int = 0) -> list[str]:
    return [event["type"] for event in gateway.events[since:]]


def _paid(gateway: StripeSandbox, till: Till, method: str = "card") -> str:
    paid: str = gateway.pay(till.open().id, method)["payment_intent"]
    if method == "us_bank_account":
        gateway.settle(paid)
    return paid


def test_part_of_a_payment_is_refunded(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    intent = _paid(gateway, till)
    since = len(gateway.events)

    refund = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 2_500, "reason": "requested_by_customer"}
    )

    assert (refund.status, refund.amount, refund.payment_intent) == ("succeeded", 2_500, intent)
    charge = client.v1.charges.retrieve(str(refund.charge), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (2_500, False)
    assert charge.refunds is not None
    assert [row.id for row in charge.refunds.data] == [refund.id]
    assert _types(gateway, since) == ["refund.created", "charge.refunded", "refund.updated"]
    assert gateway.captured() == {"usd": 10_000}


def test_no_more_is_refunded_than_was_paid(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    intent = _paid(gateway, till)
    client.v1.refunds.create({"payment_intent": intent, "amount": 12_000})

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 501})
    client.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent})

    assert refusal.value.code == "charge_already_refunded"
    assert gateway.captured() == {}


def test_a_refund_under_one_key_happens_once(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    intent = _paid(gateway, till)

    for _ in range(2):
        client.v1.refunds.create(
            {"payment_intent": intent, "amount": 500}, {"idempotency_key": "refund:1"}
        )

    assert gateway.captured() == {"usd": 12_000}


@pytest.mark.parametrize("reason", ["angry", "expired_uncaptured_charge"])
def test_a_bad_refund_reason_is_refused(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till, reason: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must be one of duplicate"):
        client.v1.refunds.create({"payment_intent": _paid(gateway, till), "reason": reason})


def test_money_in_flight_cannot_be_refunded(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    session = gateway.pay(till.open().id, "us_bank_account")

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": session["payment_intent"]})


def test_a_refund_to_a_bank_account_waits_and_then_arrives(
    gateway: StripeSandbox, till: Till
) -> None:
    refund = gateway.refund(_paid(gateway, till, "us_bank_account"), 1_000)

    assert refund["status"] == "pending"
    assert gateway.settle_refund(refund["id"])["status"] == "succeeded"


def test_a_refund_that_fails_gives_the_money_back_to_the_merchant(
    gateway: StripeSandbox, till: Till
) -> None:
    refund = gateway.refund(_paid(gateway, till), 1_000)

    gateway.fail_refund(refund["id"])

    assert gateway.captured() == {"usd": 12_500}
    assert "refund.failed" in _types(gateway)


def test_a_dispute_takes_the_money_and_winning_returns_it(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    intent = _paid(gateway, till)
    since = len(gateway.events)

    dispute = gateway.dispute(intent, "product_not_received")
    assert gateway.withdrawn() == {"usd": 12_500}
    gateway.win_dispute(dispute["id"])

    assert gateway.withdrawn() == {}
    assert _types(gateway, since) == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    listed = client.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (listed.status, listed.reason) == ("won", "product_not_received")
    assert [row.net for row in listed.balance_transactions] == [-14_000, 12_500]


def test_a_lost_dispute_keeps_the_money(gateway: StripeSandbox, till: Till) -> None:
    dispute = gateway.dispute(_paid(gateway, till))

    assert gateway.lose_dispute(dispute["id"])["status"] == "lost"

    assert gateway.withdrawn() == {"usd": 12_500}
    with pytest.raises(ApiError, match="already lost"):
        gateway.win_dispute(dispute["id"])


def test_a_returned_bank_debit_is_lost_at_once(gateway: StripeSandbox, till: Till) -> None:
    dispute = gateway.dispute(_paid(gateway, till, "us_bank_account"), "insufficient_funds")

    assert dispute["status"] == "lost"
    assert _types(gateway)[-1] == "charge.dispute.closed"


def test_a_disputed_charge_cannot_be_refunded(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    intent = _paid(gateway, till)
    gateway.dispute(intent)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent})

    assert refusal.value.code == "charge_disputed"

"""Money in and money on its way: objects and the events about them."""

import time
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


def test_one_card_payment_is_told_by_several_events(gateway: StripeSandbox, till: Till) -> None:
    gateway.pay(till.open().id)

    assert _types(gateway) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.completed",
    ]


def test_the_fee_is_not_known_yet_when_the_charge_succeeds(
    gateway: StripeSandbox, till: Till
) -> None:
    gateway.pay(till.open().id)

    charges = [e["data"]["object"] for e in gateway.events if e["type"].startswith("charge.")]
    assert charges[0]["balance_transaction"] is None
    assert charges[1]["balance_transaction"].startswith("txn_")


def test_a_charge_says_how_it_was_paid_and_what_the_statement_will_read(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    gateway.pay(till.open().id, card_number="5555555555554444", name="Ada")

    charge = client.v1.charges.list().data[0]

    details: Any = charge.payment_method_details
    assert (details.type, details.card.brand, details.card.last4) == ("card", "mastercard", "4444")
    assert charge.billing_details.name == "Ada"
    assert charge.calculated_statement_descriptor == "GARDEN & SONS"
    assert charge.receipt_email == "buyer@flowers.example"


def test_a_declined_card_is_a_failed_charge_and_no_money(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    session = gateway.pay(till.open().id, outcome="declined")

    intent = client.v1.payment_intents.retrieve(session["payment_intent"])
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == "generic_decline"
    assert gateway.captured() == {}


def test_expiring_after_a_decline_cancels_the_intent(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    session = gateway.pay(till.open().id, outcome="declined")

    gateway.expire(session["id"])

    assert client.v1.payment_intents.retrieve(session["payment_intent"]).status == "canceled"


def test_a_bank_debit_completes_the_session_without_money(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    session = gateway.pay(till.open().id, "us_bank_account", "settles")

    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")
    intent = client.v1.payment_intents.retrieve(
        session["payment_intent"], {"expand": ["latest_charge"]}
    )
    charge: Any = intent.latest_charge
    assert (intent.status, charge.status) == ("processing", "pending")
    assert charge.payment_method_details.us_bank_account.bank_name == "STRIPE TEST BANK"
    assert charge.payment_method_details.us_bank_account.expected_debit_date
    assert _types(gateway)[-1] == "checkout.session.completed"
    assert gateway.captured() == {}


def test_a_bank_debit_that_settles_is_paid(gateway: StripeSandbox, till: Till) -> None:
    session = gateway.pay(till.open().id, "us_bank_account")
    since = len(gateway.events)

    gateway.settle(session["id"])

    assert _types(gateway, since) == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.async_payment_succeeded",
    ]
    assert gateway.events[-1]["data"]["object"]["payment_status"] == "paid"
    assert gateway.captured() == {"usd": 12_500}


def test_a_bank_debit_that_fails_leaves_the_session_complete_and_unpaid(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    session = gateway.pay(till.open().id, "us_bank_account")

    intent = gateway.fail(session["payment_intent"])

    assert _types(gateway)[-1] == "checkout.session.async_payment_failed"
    after = client.v1.checkout.sessions.retrieve(session["id"])
    assert (after.status, after.payment_status) == ("complete", "unpaid")
    assert intent["last_payment_error"]["code"] == "insufficient_funds"


def test_a_bank_debit_ends_once(gateway: StripeSandbox, till: Till) -> None:
    session = gateway.pay(till.open().id, "us_bank_account")
    gateway.settle(session["id"])

    with pytest.raises(ApiError, match="succeeded, not processing"):
        gateway.fail(session["id"])


def test_debits_end_as_was_chosen_on_the_page(gateway: StripeSandbox, till: Till) -> None:
    gateway.pay(till.open().id, "us_bank_account", "settles")
    gateway.pay(till.open().id, "us_bank_account", "fails")

    assert gateway.finish_bank_debits() == 2

    assert gateway.captured() == {"usd": 12_500}
    assert "checkout.session.async_payment_failed" in _types(gateway)


def test_a_bank_debit_can_end_by_itself(clock: list[float], order: Any) -> None:
    four_days = 4 * 24 * 3600.0
    with StripeSandbox(now=lambda: time.time() + clock[0], bank_debit_seconds=four_days) as gateway:
        addresses: Any = {"api": gateway.api_base}
        transport = stripe.RequestsClient()
        client = stripe.StripeClient(
            gateway.api_key, base_addresses=addresses, http_client=transport
        )
        gateway.pay(client.v1.checkout.sessions.create(order).id, "us_bank_account")
        assert gateway.captured() == {}

        clock[0] = four_days + 1
        deadline = time.monotonic() + 5
        while not gateway.captured() and time.monotonic() < deadline:
            time.sleep(0.02)

        assert gateway.captured() == {"usd": 12_500}
        transport.close()  # type: ignore[no-untyped-call]  # stripe-python left it so


@pytest.mark.parametrize(("amount", "fee"), [(12_500, 100), (62_500, 500), (1_000_000, 500)])
def test_a_bank_debit_costs_eight_tenths_of_a_percent_and_five_dollars_at_most(
    client: stripe.StripeClient,
    gateway: StripeSandbox,
    till: Till,
    new_line: Any,
    amount: int,
    fee: int,
) -> None:
    session = till.open(line_items=[new_line("Roses", amount)])
    gateway.pay(session.id, "us_bank_account")
    gateway.settle(session.id)

    transaction = client.v1.balance_transactions.list().data[0]

    assert (transaction.amount, transaction.fee, transaction.net) == (amount, fee, amount - fee)


def test_a_payout_carries_everything_once(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    gateway.refund(_paid(gateway, till), 2_500)

    payout = gateway.pay_out("usd")

    assert payout["amount"] == 12_500 - 393 - 2_500
    listed = client.v1.payouts.list({"status": "paid"}).data
    assert [row.id for row in listed] == [payout["id"]]
    rows = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert sorted(row.type for row in rows) == ["charge", "payout", "refund"]
    assert sum(row.net for row in rows) == 0
    with pytest.raises(ApiError, match="no balance in usd"):
        gateway.pay_out("usd")


def test_the_account_tells_what_it_can_do(
    client: stripe.StripeClient, gateway: StripeSandbox
) -> None:
    account = client.v1.accounts.retrieve_current()

    capabilities: Any = account.capabilities
    assert account.charges_enabled is True
    assert capabilities.us_bank_account_ach_payments == "active"

    gateway.restrict_account()

    restricted: Any = client.v1.accounts.retrieve_current()
    assert restricted.charges_enabled is False
    assert restricted.requirements.currently_due == ["company.tax_id", "external_account"]
    assert gateway.events[-1]["type"] == "account.updated"


def test_payments_are_found_by_the_time_they_were_made(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till, clock: list[float]
) -> None:
    early = _paid(gateway, till)
    clock[0] = 3600
    late = _paid(gateway, till)
    border = client.v1.payment_intents.retrieve(late).created

    newer = client.v1.payment_intents.list({"created": {"gte": border}}).data
    older = client.v1.payment_intents.list({"created": {"lt": border}}).data

    assert ([row.id for row in newer], [row.id for row in older]) == ([late], [early])

"""Checkout Sessions through the real SDK: made, read, listed, expired."""

import time
from typing import Any

import pytest
import stripe

from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported


def test_a_created_session_is_open_and_tells_back_what_it_was_given(till: Till) -> None:
    session = till.open()

    assert session.id.startswith("cs_test_")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (12_500, "usd")
    assert session.client_reference_id == "attempt-1"
    assert session.metadata["attempt_id"] == "attempt-1"
    assert session.livemode is False
    assert session.payment_intent is None


def test_a_session_offers_card_link_and_bank_debit_for_dollars(till: Till) -> None:
    assert till.open().payment_method_types == ["card", "link", "us_bank_account"]


def test_a_bank_debit_is_dropped_silently_for_euros(till: Till, new_line: Any) -> None:
    session = till.open(line_items=[new_line("Tulips", 9_900, "eur")])

    assert session.payment_method_types == ["card", "link"]


def test_allowed_methods_filter_what_is_offered(till: Till) -> None:
    session = till.open(allowed_payment_method_types=["us_bank_account"])

    assert session.payment_method_types == ["us_bank_account"]


def test_a_retrieved_session_is_the_created_one(client: stripe.StripeClient, till: Till) -> None:
    created = till.open()

    assert client.v1.checkout.sessions.retrieve(created.id).to_dict() == created.to_dict()


def test_line_items_come_when_they_are_expanded(client: stripe.StripeClient, till: Till) -> None:
    session = client.v1.checkout.sessions.retrieve(till.open().id, {"expand": ["line_items"]})

    assert session.line_items is not None
    assert [item.description for item in session.line_items.data] == ["Invoice INV-1042"]


def test_line_items_have_a_list_of_their_own(client: stripe.StripeClient, till: Till) -> None:
    items = client.v1.checkout.sessions.line_items.list(till.open().id)

    assert [item.amount_total for item in items.data] == [12_500]


def test_payment_intent_and_charge_come_in_one_retrieve(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    opened = till.open()
    gateway.pay(opened.id, email="payer@flowers.example")

    paths = ["payment_intent.latest_charge.balance_transaction"]
    session = client.v1.checkout.sessions.retrieve(opened.id, {"expand": paths})

    charge: Any = session.payment_intent.latest_charge  # type: ignore[union-attr]
    assert (charge.amount, charge.metadata["attempt_id"]) == (12_500, "attempt-1")
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.balance_transaction.fee == 393  # 2.9 % + 0.30, rounded


def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient, till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(till.open().id, {"expand": ["amount_total"]})


def test_an_unknown_session_is_a_missing_resource(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.retrieve("cs_test_nowhere")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_sessions_are_listed_newest_first_in_pages(client: stripe.StripeClient, till: Till) -> None:
    opened = [till.open().id for _ in range(3)]

    first = client.v1.checkout.sessions.list({"limit": 2})
    everything = [session.id for session in first.auto_paging_iter()]

    assert (len(first.data), first.has_more) == (2, True)
    assert everything == opened[::-1]


def test_a_list_can_be_walked_backwards(client: stripe.StripeClient, till: Till) -> None:
    opened = [till.open().id for _ in range(3)]

    page = client.v1.checkout.sessions.list({"ending_before": opened[0], "limit": 1})

    assert [session.id for session in page.data] == [opened[1]]


def test_sessions_are_found_by_status(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    paid, waiting = till.open().id, till.open().id
    gateway.pay(paid)

    found = client.v1.checkout.sessions.list({"status": "open"})

    assert [session.id for session in found.data] == [waiting]


def test_a_session_is_found_by_its_payment_intent(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    till.open()
    paid = gateway.pay(till.open().id)

    found = client.v1.checkout.sessions.list({"payment_intent": paid["payment_intent"]})

    assert [session.id for session in found.data] == [paid["id"]]


def test_an_open_session_can_be_expired_once(client: stripe.StripeClient, till: Till) -> None:
    opened = till.open()

    expired = client.v1.checkout.sessions.expire(opened.id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions with a status"):
        client.v1.checkout.sessions.expire(opened.id)


def test_a_paid_session_cannot_be_expired(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till
) -> None:
    paid = gateway.pay(till.open().id)

    with pytest.raises(stripe.InvalidRequestError, match="a status of `complete`"):
        client.v1.checkout.sessions.expire(paid["id"])


def test_a_session_expires_when_its_time_has_come(
    client: stripe.StripeClient, gateway: StripeSandbox, till: Till, clock: list[float]
) -> None:
    opened = till.open(expires_at=int(time.time()) + 40 * 60)

    clock[0] = 41 * 60

    assert client.v1.checkout.sessions.retrieve(opened.id).status == "expired"
    assert gateway.events[-1]["type"] == "checkout.session.expired"


def test_a_customer_is_kept_and_named_by_a_session(client: stripe.StripeClient, till: Till) -> None:
    customer = client.v1.customers.create({"name": "Rose Ltd", "email": "ap@rose.example"})
    session = till.open(customer=customer.id, customer_email=None)

    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})

    assert found.customer.name == "Rose Ltd"  # type: ignore[union-attr]


def test_a_customer_can_be_changed(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Rose Ltd", "metadata": {"erp": "C-7"}})

    changed = client.v1.customers.update(customer.id, {"name": "Rose Inc"})

    assert (changed.name, changed.metadata["erp"]) == ("Rose Inc", "C-7")  # type: ignore[index]

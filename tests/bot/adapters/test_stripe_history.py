"""The list of events over HTTP: all pages of it, the oldest first, cut down as webhooks are."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.stripe_client import connect
from bot.adapters.stripe_history import StripeHistory
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.errors import GatewayUnavailable
from commands.take_payment.events import EVENT_TYPES

KEY = "sk_test_bloom"
HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(KEY, "whsec_bloom") as running:
        yield running


@pytest.fixture
def history(sandbox: StripeSandbox) -> StripeHistory:
    return StripeHistory(connect(KEY, sandbox.api_base, timeout=5, retries=0), livemode=False)


def happens(sandbox: StripeSandbox, kind: str = "payment_intent.succeeded", times: int = 1) -> None:
    """Events about a payment, numbered by its amount."""
    for amount in range(times):
        told = {"id": "pi_1", "object": "payment_intent", "amount": amount, "url": "https://x/t"}
        with sandbox.books.lock:
            sandbox.books.emit(kind, told)


def test_all_pages_are_read_the_oldest_first(
    history: StripeHistory, sandbox: StripeSandbox
) -> None:
    happens(sandbox, times=250)
    found = history.events_since(HOUR_AGO, limit=1000)
    assert [event.payload["amount"] for event in found] == list(range(250))
    assert len([call for call in sandbox.calls if call.path == "/v1/events"]) == 3


def test_of_too_many_the_oldest_are_told(history: StripeHistory, sandbox: StripeSandbox) -> None:
    happens(sandbox, times=250)
    found = history.events_since(HOUR_AGO, limit=120)
    assert [event.payload["amount"] for event in found] == list(range(120))


def test_an_event_is_cut_down_as_a_webhook_is(
    history: StripeHistory, sandbox: StripeSandbox
) -> None:
    happens(sandbox)
    (event,) = history.events_since(HOUR_AGO, limit=10)
    assert (event.object_id, event.livemode) == ("pi_1", False)
    assert event.created is not None
    assert abs(datetime.now(UTC) - event.created) < timedelta(minutes=1)
    assert "https://" not in json.dumps(event.payload)


def test_what_does_not_matter_and_what_is_older_is_not_told(
    history: StripeHistory, sandbox: StripeSandbox
) -> None:
    happens(sandbox, "customer.created")
    happens(sandbox)
    assert len(history.events_since(HOUR_AGO, limit=10)) == 1
    assert history.events_since(datetime.now(UTC) + timedelta(seconds=2), limit=10) == []


def test_an_event_of_the_other_mode_is_left_out(sandbox: StripeSandbox) -> None:
    happens(sandbox)
    live = StripeHistory(connect(KEY, sandbox.api_base, timeout=5), livemode=True)
    assert live.events_since(HOUR_AGO, limit=10) == []


def test_one_that_cannot_be_read_hides_no_other(
    history: StripeHistory, sandbox: StripeSandbox
) -> None:
    with sandbox.books.lock:
        sandbox.books.emit("charge.succeeded", {"id": "ch_1", "currency": "a\0b"})
    happens(sandbox)
    found = history.events_since(HOUR_AGO, limit=10)
    assert [event.type for event in found] == ["payment_intent.succeeded"]


def test_while_stripe_does_not_answer_it_is_unavailable(
    history: StripeHistory, sandbox: StripeSandbox
) -> None:
    sandbox.fail_next("drop", "/v1/events")
    with pytest.raises(GatewayUnavailable):
        history.events_since(HOUR_AGO, limit=10)


def test_stripe_takes_that_many_types_at_once() -> None:
    assert len(EVENT_TYPES) <= 20

"""Events on their way to an integration that verifies every signature."""

import time
from typing import Any

import pytest
import stripe

from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own types; conftest modules are not imported
Receiver = Any
CARD_EVENTS = 5


def test_a_delivered_event_is_signed_and_typed(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    session = till.open()
    gateway.pay(session.id)

    receiver.wait_for(CARD_EVENTS)

    completed = receiver.events[-1]
    assert isinstance(completed.data.object, stripe.checkout.Session)
    assert completed.data.object.id == session.id
    assert (completed.api_version, completed.livemode) == (stripe.api_version, False)
    assert completed.pending_webhooks == 1


def test_an_event_is_a_snapshot_of_its_moment(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.deliver_events("hold")
    session = gateway.pay(till.open().id, "us_bank_account")
    gateway.settle(session["id"])

    gateway.release_events()
    receiver.wait_for(8)

    told = [e.data.object.payment_status for e in receiver.events if "checkout" in e.type]
    assert told == ["unpaid", "paid"]


def test_an_event_names_the_request_that_caused_it(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till
) -> None:
    intent = gateway.pay(till.open().id)["payment_intent"]
    client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "refund:9"})

    by_payer, by_api = gateway.events[0], gateway.events[-1]

    assert by_payer["request"] == {"id": None, "idempotency_key": None}
    assert by_api["request"]["idempotency_key"] == "refund:9"
    assert by_api["request"]["id"] == gateway.calls[-1].request_id


def test_a_refused_delivery_is_tried_again(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.retry_webhooks_after(0.05, 0.05)
    receiver.answers = [500, 503]

    gateway.expire(till.open().id)

    assert gateway.wait_delivered()
    assert [row.status for row in gateway.deliveries] == [500, 503, 200]
    assert [row.attempt for row in gateway.deliveries] == [1, 2, 3]
    assert gateway.events[-1]["pending_webhooks"] == 0


def test_retries_have_an_end(gateway: StripeSandbox, receiver: Receiver, till: Till) -> None:
    gateway.retry_webhooks_after(0.05)
    receiver.answers = [500] * 5

    gateway.expire(till.open().id)

    assert gateway.wait_delivered()
    assert len(gateway.deliveries) == 2
    assert gateway.events[-1]["pending_webhooks"] == 1


def test_nobody_listening_is_in_the_log(gateway: StripeSandbox, till: Till) -> None:
    gateway.retry_webhooks_after(0.05)
    gateway.webhook_url = "http://127.0.0.1:9/hook"  # the discard port: nobody is there

    gateway.expire(till.open().id)

    assert gateway.wait_delivered()
    assert {(row.status, row.answer) for row in gateway.deliveries} == {(None, "ConnectError")}


def test_held_events_go_out_on_demand_and_in_the_chosen_order(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.deliver_events("hold")
    gateway.pay(till.open().id)
    assert receiver.events == []

    gateway.release_events(gateway.events[-1]["id"])
    receiver.wait_for(1)
    assert gateway.release_events() == CARD_EVENTS - 1
    receiver.wait_for(CARD_EVENTS)

    assert receiver.types[0] == "checkout.session.completed"


def test_late_events_arrive_late(gateway: StripeSandbox, receiver: Receiver, till: Till) -> None:
    gateway.deliver_events("late", seconds=0.4)
    began = time.monotonic()

    gateway.expire(till.open().id)
    receiver.wait_for(1)

    assert time.monotonic() - began >= 0.4


def test_events_can_arrive_several_times(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.deliver_events("duplicate", copies=3)

    gateway.expire(till.open().id)
    receiver.wait_for(3)

    assert len({event.id for event in receiver.events}) == 1


def test_events_can_arrive_in_any_order(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.deliver_events("shuffle")
    for _ in range(3):
        gateway.pay(till.open().id)

    receiver.wait_for(3 * CARD_EVENTS)

    sent = [event["id"] for event in gateway.events]
    arrived = [event.id for event in receiver.events]
    assert sorted(arrived) == sorted(sent)
    assert arrived != sent


def test_events_that_never_arrive_can_be_asked_for(
    gateway: StripeSandbox, receiver: Receiver, client: stripe.StripeClient, till: Till
) -> None:
    gateway.deliver_events("never")
    gateway.expire(till.open().id)
    assert gateway.wait_delivered()

    missed = client.v1.events.list({"delivery_success": False}).data

    assert receiver.events == []
    assert [event.type for event in missed] == ["checkout.session.expired"]
    gateway.redeliver(missed[0].id)
    receiver.wait_for(1)
    assert gateway.wait_delivered()
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_events_are_found_by_type_and_time(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till, clock: list[float]
) -> None:
    gateway.expire(till.open().id)
    clock[0] = 3600
    gateway.pay(till.open().id)
    since = int(time.time()) + 1800

    named = client.v1.events.list({"types": ["checkout.session.expired", "charge.succeeded"]})
    group = client.v1.events.list({"type": "checkout.session.*", "created": {"gte": since}})

    assert [e.type for e in named.data] == ["charge.succeeded", "checkout.session.expired"]
    assert [e.type for e in group.data] == ["checkout.session.completed"]


def test_events_older_than_thirty_days_are_gone(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till, clock: list[float]
) -> None:
    gateway.expire(till.open().id)

    clock[0] = 31 * 24 * 3600

    assert client.v1.events.list().data == []


def test_an_event_is_retrieved_by_its_id(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till
) -> None:
    gateway.expire(till.open().id)

    event = client.v1.events.retrieve(gateway.events[0]["id"])

    assert event.type == "checkout.session.expired"


def test_a_rolled_secret_signs_beside_the_old_one(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.roll_webhook_secret("whsec_newer")

    gateway.expire(till.open().id)

    receiver.wait_for(1)  # it still verifies with the old secret
    assert receiver.headers[0].count("v1=") == 2


def test_an_endpoint_hears_only_the_types_it_asked_for(
    gateway: StripeSandbox, receiver: Receiver, till: Till
) -> None:
    gateway.sender.event_types = frozenset({"checkout.session.completed"})

    gateway.pay(till.open().id)

    receiver.wait_for(1)
    assert gateway.wait_delivered()
    assert receiver.types == ["checkout.session.completed"]


def test_an_unknown_manner_is_refused(gateway: StripeSandbox) -> None:
    with pytest.raises(ValueError, match="none of normal, hold"):
        gateway.deliver_events("sometimes")  # type: ignore[arg-type]  # that is the point

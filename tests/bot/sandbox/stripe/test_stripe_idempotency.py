"""Idempotency keys and ordered faults, as the SDK meets them."""

import threading
import time
from typing import Any

import httpx2
import pytest
import stripe

from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported
SESSIONS = "/v1/checkout/sessions"


def _sessions(gateway: StripeSandbox) -> int:
    return len(gateway.books.all("checkout.session"))


def test_the_same_key_and_parameters_get_the_saved_answer(
    gateway: StripeSandbox, till: Till
) -> None:
    first, again = till.open(key="cs:1"), till.open(key="cs:1")

    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert _sessions(gateway) == 1


def test_the_same_key_with_other_parameters_is_an_idempotency_error(till: Till) -> None:
    till.open(key="cs:1")

    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        till.open(key="cs:1", client_reference_id="attempt-2")


def test_a_key_in_use_is_a_conflict(gateway: StripeSandbox, till: Till) -> None:
    gateway.fail_next("hang", SESSIONS, seconds=0.6)
    slow = threading.Thread(target=till.open, kwargs={"key": "cs:1"})
    slow.start()
    time.sleep(0.2)

    with pytest.raises(stripe.APIError) as conflict:
        till.open(key="cs:1")

    slow.join()
    assert conflict.value.http_status == 409
    assert _sessions(gateway) == 1


def test_a_refused_request_leaves_its_key_free(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        till.open(key="cs:1", success_url="nowhere")

    assert till.open(key="cs:1").status == "open"


def test_a_key_is_forgotten_after_a_day(gateway: StripeSandbox, till: Till, clock: Any) -> None:
    first = till.open(key="cs:1")

    clock[0] = 25 * 3600

    assert till.open(key="cs:1").id != first.id


def test_a_key_too_long_is_refused(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        till.open(key="k" * 256)


def test_a_rate_limit_does_nothing_and_passes(gateway: StripeSandbox, till: Till) -> None:
    gateway.fail_next("rate_limit", SESSIONS)

    with pytest.raises(stripe.RateLimitError):
        till.open(key="cs:1")

    assert till.open(key="cs:1").status == "open"


def test_a_saved_500_is_replayed_under_its_key(gateway: StripeSandbox, till: Till) -> None:
    gateway.fail_next("error", SESSIONS)

    for _ in range(2):
        with pytest.raises(stripe.APIError) as error:
            till.open(key="cs:1")
        assert error.value.http_status == 500

    assert _sessions(gateway) == 0
    assert till.open(key="cs:2").status == "open"


def test_a_500_may_hide_what_was_done(gateway: StripeSandbox, till: Till) -> None:
    gateway.fail_next("error_after", SESSIONS)

    with pytest.raises(stripe.APIError):
        till.open(key="cs:1")

    assert _sessions(gateway) == 1


def test_a_dropped_connection_hides_what_was_done_until_the_key_is_used_again(
    gateway: StripeSandbox, till: Till
) -> None:
    gateway.fail_next("drop", SESSIONS)

    with pytest.raises(stripe.APIConnectionError) as error:
        till.open(key="cs:1")

    assert error.value.should_retry
    assert till.open(key="cs:1").last_response.headers["Idempotent-Replayed"] == "true"
    assert _sessions(gateway) == 1


def test_the_sdk_gets_over_a_drop_by_itself(gateway: StripeSandbox, order: Any) -> None:
    gateway.fail_next("drop", SESSIONS)
    addresses: Any = {"api": gateway.api_base}
    patient = stripe.StripeClient(gateway.api_key, base_addresses=addresses, max_network_retries=2)

    session = patient.v1.checkout.sessions.create(order)

    assert session.status == "open"
    assert _sessions(gateway) == 1


def test_a_hang_outlasts_a_client_that_does_not_wait(gateway: StripeSandbox, order: Any) -> None:
    gateway.fail_next("hang", "/v1/charges", seconds=5)
    addresses: Any = {"api": gateway.api_base}
    transport = stripe.RequestsClient(timeout=0.3)
    hasty = stripe.StripeClient(gateway.api_key, base_addresses=addresses, http_client=transport)

    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.charges.list()


def test_a_fault_waits_for_the_path_it_is_meant_for(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till
) -> None:
    gateway.fail_next("error", "/v1/refunds")

    assert till.open().status == "open"
    with pytest.raises(stripe.APIError):
        client.v1.refunds.list()


def test_the_log_tells_every_call_and_no_key(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till
) -> None:
    till.open(key="cs:1")
    client.v1.charges.list({"limit": 3})

    made, listed = gateway.calls
    assert (made.method, made.path, made.status) == ("POST", SESSIONS, 200)
    assert (made.idempotency_key, made.params["mode"]) == ("cs:1", "payment")
    assert made.stripe_version == stripe.api_version
    assert listed.params == {"limit": "3"}
    assert gateway.api_key not in repr(gateway.calls)


def test_every_answer_has_a_request_id(gateway: StripeSandbox, browser: httpx2.Client) -> None:
    answer = browser.get(f"{gateway.api_base}/v1/charges")

    assert answer.headers["Request-Id"] == gateway.calls[-1].request_id

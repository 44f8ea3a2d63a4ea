"""What Stripe would refuse is refused, with the words and classes the SDK gives its users."""

import time
from typing import Any

import httpx2
import pytest
import stripe

from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported
HOUR = 3600


def _price(**changes: Any) -> list[dict[str, Any]]:
    price = {"currency": "usd", "unit_amount": 5_000, "product_data": {"name": "Roses"}}
    kept = {name: value for name, value in (price | changes).items() if value is not None}
    return [{"quantity": 1, "price_data": kept}]


@pytest.mark.parametrize(
    ("changes", "param", "sentence"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types", "unknown parameter"),
        ({"ui_mode": "hosted"}, "ui_mode", "must be one of elements, embedded_page"),
        ({"mode": "purchase"}, "mode", "must be one of payment"),
        ({"mode": None}, "mode", "Missing required param"),
        ({"colour": "red"}, "colour", "unknown parameter: colour"),
        ({"submit_type": "send"}, "submit_type", "must be one of"),
        ({"allow_promotion_codes": "yes"}, "allow_promotion_codes", "Invalid boolean"),
        ({"expires_at": "soon"}, "expires_at", "Invalid integer"),
        ({"line_items": "roses"}, "line_items", "Invalid array"),
        ({"line_items": None}, "line_items", "Missing required param"),
        ({"metadata": "none"}, "metadata", "Invalid object"),
        ({"metadata": {"k" * 41: "v"}}, "metadata", "too long"),
        ({"metadata": {"k": "v" * 501}}, "metadata", "too long"),
        ({"metadata": {str(n): "v" for n in range(51)}}, "metadata", "at most 50"),
        ({"client_reference_id": ""}, "client_reference_id", "empty string"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "at most 200"),
        ({"allowed_payment_method_types": ["cheque"]}, "allowed_payment_method_types", "one of"),
        ({"success_url": "/done"}, "success_url", "Not a valid URL"),
        ({"success_url": None}, "success_url", "Missing required param"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "Not a valid URL"),
        ({"customer_email": "nobody"}, "customer_email", "Invalid email address"),
        ({"customer_email": None, "customer": "cus_none"}, "customer", "No such customer"),
        ({"payment_intent_data": {"capture": "no"}}, "payment_intent_data", "unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_named(
    till: Till, changes: dict[str, Any], param: str, sentence: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence) as refusal:
        till.open(**changes)

    assert refusal.value.http_status == 400
    assert str(refusal.value.param).startswith(param)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit_amount": 12.5}, "Invalid integer: 12.5"),
        ({"unit_amount": "1e3"}, "Invalid integer: 1e3"),
        ({"unit_amount": -500}, "Invalid non-negative integer"),
        ({"unit_amount": None}, "Missing required param: line_items"),
        ({"currency": None}, "Missing required param: line_items"),
        ({"currency": "xyz"}, "Invalid currency: xyz"),
        ({"product_data": None}, "Missing required param: line_items"),
        ({"product_data": {"name": ""}}, "empty string"),
        ({"product": "prod_none", "product_data": None}, "No such product"),
        ({"unit_amount": 49}, "at least \\$0.50 usd"),
        ({"unit_amount": 100_000_000}, "no more than \\$999,999.99 usd"),
        ({"currency": "jpy", "unit_amount": 49}, "at least ¥50 jpy"),
        ({"currency": "gbp", "unit_amount": 29}, "at least £0.30 gbp"),
        ({"currency": "kwd", "unit_amount": 5_005}, "multiple of 10"),
        ({"currency": "isk", "unit_amount": 5_050}, "multiple of 100"),
    ],
)
def test_a_wrong_price_is_refused(till: Till, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence):
        till.open(line_items=_price(**changes))


@pytest.mark.parametrize(
    ("currency", "amount"), [("usd", 50), ("usd", 99_999_999), ("jpy", 50), ("kwd", 5_010)]
)
def test_amounts_at_the_limits_are_taken(till: Till, currency: str, amount: int) -> None:
    session = till.open(line_items=_price(currency=currency, unit_amount=amount))

    assert (session.amount_total, session.currency) == (amount, currency)


def test_a_hundred_line_items_are_the_most(till: Till) -> None:
    assert till.open(line_items=_price() * 100).amount_total == 500_000

    with pytest.raises(stripe.InvalidRequestError, match="maximum 100"):
        till.open(line_items=_price() * 101)


def test_line_items_share_one_currency(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        till.open(line_items=_price() + _price(currency="eur"))


@pytest.mark.parametrize("ahead", [29 * 60, 24 * HOUR + 60])
def test_a_session_lives_between_half_an_hour_and_a_day(till: Till, ahead: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        till.open(expires_at=int(time.time()) + ahead)


@pytest.mark.parametrize(
    "both",
    [
        {"customer": "cus_any"},
        {
            "allowed_payment_method_types": ["card"],
            "excluded_payment_method_types": ["us_bank_account"],
        },
    ],
)
def test_parameters_that_exclude_each_other_are_refused(till: Till, both: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only specify one of"):
        till.open(**both)


def test_no_method_left_is_refused(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No valid payment method types"):
        till.open(
            allowed_payment_method_types=["us_bank_account"], line_items=_price(currency="eur")
        )


def test_a_removed_parameter_names_its_successor(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="allowed_payment_method_types"):
        till.open(payment_method_types=["card"])


def test_a_wrong_key_is_an_authentication_error(gateway: StripeSandbox) -> None:
    addresses: Any = {"api": gateway.api_base}
    stranger = stripe.StripeClient("sk_test_other", base_addresses=addresses)

    with pytest.raises(stripe.AuthenticationError) as refusal:
        stranger.v1.charges.list()

    assert refusal.value.http_status == 401
    assert str(refusal.value.request_id).startswith("req_")


def test_a_call_without_a_key_is_told_how(gateway: StripeSandbox, browser: httpx2.Client) -> None:
    answer = browser.get(f"{gateway.api_base}/v1/charges")

    assert answer.status_code == 401
    assert "Bearer" in answer.json()["error"]["message"]


def test_an_older_api_version_is_refused(gateway: StripeSandbox) -> None:
    addresses: Any = {"api": gateway.api_base}
    old = stripe.StripeClient(
        gateway.api_key, base_addresses=addresses, stripe_version="2022-11-15"
    )

    with pytest.raises(stripe.InvalidRequestError, match="API version: 2022-11-15"):
        old.v1.charges.list()


def test_an_unknown_route_is_named(gateway: StripeSandbox, browser: httpx2.Client) -> None:
    key = {"Authorization": f"Bearer {gateway.api_key}"}

    answer = browser.get(f"{gateway.api_base}/v1/coupons", headers=key)

    assert answer.status_code == 404
    assert "GET: /v1/coupons" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"a[b=1",
        b"a=1&a[b]=2",
        b"a=1&a=2",
        b"\xff\xfe=1",
        b"metadata[a][b]=1",
        b"[]=1",
        b"a" + b"[b]" * 1000 + b"=1",
        b"&".join(b"a%d=1" % n for n in range(5001)),
        b"expires_at=" + b"9" * 5000,
    ],
)
def test_a_malformed_form_is_an_answer_and_no_crash(
    gateway: StripeSandbox, browser: httpx2.Client, body: bytes
) -> None:
    key = {"Authorization": f"Bearer {gateway.api_key}"}

    answer = browser.post(f"{gateway.api_base}/v1/checkout/sessions", content=body, headers=key)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_between_one_and_a_hundred_rows(client: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        client.v1.charges.list({"limit": limit})


def test_a_cursor_that_does_not_exist_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="ch_none"):
        client.v1.charges.list({"starting_after": "ch_none"})


def test_an_account_that_cannot_charge_makes_no_session(gateway: StripeSandbox, till: Till) -> None:
    gateway.restrict_account()

    with pytest.raises(stripe.InvalidRequestError, match="cannot currently make charges"):
        till.open()

    gateway.unrestrict_account()
    assert till.open().status == "open"

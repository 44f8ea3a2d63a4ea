"""The page that a payer sees, over HTTP and without JavaScript."""

from typing import Any

import httpx2
import pytest
import stripe

from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported
CARD = {"method": "card", "card_number": "4242 4242 4242 4242"}


def test_the_page_shows_merchant_lines_amount_and_that_no_money_moves(
    till: Till, browser: httpx2.Client
) -> None:
    page = browser.get(till.open().url)

    assert page.status_code == 200
    for text in ("Garden &amp; Sons", "Invoice INV-1042", "$125.00", "TEST MODE"):
        assert text in page.text
    assert "https://shop.example/back" in page.text
    assert "<script" not in page.text


def test_what_the_merchant_wrote_is_escaped(
    till: Till, new_line: Any, browser: httpx2.Client
) -> None:
    session = till.open(line_items=[new_line("<b>Roses</b>", 5_000)])

    assert "&lt;b&gt;Roses&lt;/b&gt;" in browser.get(session.url).text


def test_the_page_offers_only_the_sessions_methods(till: Till, browser: httpx2.Client) -> None:
    page = browser.get(till.open(allowed_payment_method_types=["us_bank_account"]).url)

    assert "US bank account" in page.text
    assert "Card number" not in page.text


def test_looking_at_the_page_changes_nothing(
    gateway: StripeSandbox, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()
    before = len(gateway.events)

    browser.get(session.url)
    browser.head(session.url)

    assert len(gateway.events) == before


def test_a_good_card_pays_and_leads_back_to_the_merchant(
    client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()

    answer = browser.post(session.url, data=CARD)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"https://shop.example/done?session_id={session.id}"
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")


def test_a_declined_card_leaves_the_session_open_and_says_so(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()

    answer = browser.post(session.url, data=CARD | {"card_number": "4000000000000002"})

    assert answer.status_code == 402
    assert "Your card was declined." in answer.text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert gateway.events[-1]["type"] == "payment_intent.payment_failed"


def test_another_card_after_a_decline_pays_under_the_same_intent(
    client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()
    browser.post(session.url, data=CARD | {"card_number": "4000000000009995"})
    browser.post(session.url, data=CARD)

    intents = client.v1.payment_intents.list().data

    assert [intent.status for intent in intents] == ["succeeded"]
    assert intents[0].last_payment_error is None
    assert len(client.v1.charges.list().data) == 2


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4000000000000069", "has expired"),
        ("4111 1111 1111 1111", "used a non test card"),
        ("1234", "number is incorrect"),
        ("", "number is incorrect"),
    ],
)
def test_a_card_that_cannot_pay_is_told_why(
    till: Till, browser: httpx2.Client, number: str, sentence: str
) -> None:
    answer = browser.post(till.open().url, data=CARD | {"card_number": number})

    assert sentence in answer.text


def test_a_method_that_was_not_offered_is_refused(till: Till, browser: httpx2.Client) -> None:
    session = till.open(allowed_payment_method_types=["us_bank_account"])

    answer = browser.post(session.url, data=CARD)

    assert answer.status_code == 402
    assert "choose how you want to pay" in answer.text


def test_an_address_is_asked_for_when_the_merchant_gave_none(
    client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open(customer_email=None)

    refused = browser.post(session.url, data=CARD | {"email": "nobody"})
    browser.post(session.url, data=CARD | {"email": "me@home.example", "name": "Ada"})

    assert "Invalid email address" in refused.text
    details = client.v1.checkout.sessions.retrieve(session.id).customer_details
    assert details is not None
    assert (details.email, details.name) == ("me@home.example", "Ada")


def test_the_merchants_address_cannot_be_changed_by_the_payer(
    client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()

    browser.post(session.url, data=CARD | {"email": "other@home.example"})

    details = client.v1.checkout.sessions.retrieve(session.id).customer_details
    assert details is not None
    assert details.email == "buyer@flowers.example"


def test_paying_twice_charges_once(
    gateway: StripeSandbox, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()

    browser.post(session.url, data=CARD)
    again = browser.post(session.url, data=CARD)

    assert "This payment is complete" in again.text
    assert gateway.captured() == {"usd": 12_500}


@pytest.mark.parametrize(
    ("bank", "sentence"),
    [("settles", "This payment is complete"), ("fails", "Your bank did not make this payment")],
)
def test_a_bank_payment_is_followed_to_its_end(
    gateway: StripeSandbox, till: Till, browser: httpx2.Client, bank: str, sentence: str
) -> None:
    session = till.open()
    browser.post(session.url, data={"method": "us_bank_account", "bank": bank})
    assert "Your bank payment is on its way" in browser.get(session.url).text

    gateway.finish_bank_debits()

    assert sentence in browser.get(session.url).text


def test_an_expired_session_has_a_page_of_its_own(
    client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    session = till.open()
    client.v1.checkout.sessions.expire(session.id)

    assert "This checkout has expired" in browser.get(session.url).text
    assert "This checkout has expired" in browser.post(session.url, data=CARD).text


def test_an_unknown_session_is_a_friendly_404(
    gateway: StripeSandbox, browser: httpx2.Client
) -> None:
    answer = browser.get(f"{gateway.api_base}/c/pay/cs_test_none")

    assert answer.status_code == 404
    assert "There is no such checkout" in answer.text


def test_a_receipt_can_be_opened_once_there_is_money(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till, browser: httpx2.Client
) -> None:
    gateway.pay(till.open().id, "us_bank_account")
    receipt = str(client.v1.charges.list().data[0].receipt_url)
    assert browser.get(receipt).status_code == 404

    gateway.finish_bank_debits()

    assert "$125.00 to Garden &amp; Sons" in browser.get(receipt).text


def test_yen_have_no_decimals_on_the_page(
    till: Till, new_line: Any, browser: httpx2.Client
) -> None:
    assert "¥500" in browser.get(till.open(line_items=[new_line("Iris", 500, "jpy")]).url).text

"""The way of a link over HTTP, from the page to the settled ledger."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from commands.access import SETTLER
from commands.take_payment import chores
from tests.bot.web.conftest import Shop
from tests.builders import add_invoice


def test_a_link_is_opened_paid_by_card_and_settled(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    page = shop.http.get(f"/pay/{token}")
    assert page.status_code == 200
    assert "$125.00" in page.text or "USD 125.00" in page.text
    session_id = shop.session_id(token, reference="PO 7781")
    shop.stripe.pay(session_id)
    shop.settle()
    assert shop.till.balance() == 0
    (payment,) = shop.till.payments()
    assert payment.method_detail == "Visa ending in 4242"
    assert payment.reference == "PO 7781"
    assert "payer@customer.example" in shop.till.receipt_addresses()
    assert "paid, thank you" in shop.http.get(f"/pay/{token}").text


def test_a_bank_debit_shows_as_under_way_until_it_settles(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    session_id = shop.session_id(token, method="us_bank_account")
    shop.stripe.pay(session_id, "us_bank_account", "settles")
    shop.settle()
    assert "under way" in shop.http.get(f"/pay/{token}").text
    assert shop.post(token).status_code == 409
    shop.stripe.settle(session_id)
    shop.settle()
    assert shop.till.balance() == 0
    assert shop.till.payments()[0].method_detail == "STRIPE TEST BANK ending in 6789"


def test_a_bank_debit_that_comes_back_can_be_paid_by_card(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    session_id = shop.session_id(token, method="us_bank_account")
    shop.stripe.pay(session_id, "us_bank_account", "fails")
    shop.settle()
    shop.stripe.fail(session_id)
    shop.settle()
    assert [payment.status for payment in shop.till.payments()] == ["failed"]
    shop.stripe.pay(shop.session_id(token))
    shop.settle()
    assert shop.till.balance() == 0


def test_a_declined_card_leaves_the_page_open(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    session_id = shop.session_id(token)
    shop.stripe.pay(session_id, outcome="declined")
    shop.settle()
    assert shop.till.statuses() == ["open"]
    assert shop.session_id(token) == session_id
    shop.stripe.pay(session_id)
    shop.settle()
    assert shop.till.balance() == 0


def test_events_doubled_and_shuffled_make_one_payment(shop: Shop) -> None:
    shop.stripe.deliver_events("duplicate", copies=5)
    token = shop.till.link("INV-1042")
    shop.stripe.pay(shop.session_id(token))
    shop.settle()
    assert len(shop.till.payments()) == 1
    assert len(shop.till.deliveries("confirmation")) == 1


def test_what_was_never_told_is_found_by_reading_again(shop: Shop) -> None:
    shop.stripe.deliver_events("never")
    token = shop.till.link("INV-1042")
    shop.stripe.pay(shop.session_id(token))
    assert shop.settle() == 0
    assert chores.reconcile(SETTLER, shop.desk, limit=10) == 1
    assert shop.till.balance() == 0


def test_a_lost_answer_makes_no_second_session(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    before = len(sessions(shop))
    shop.stripe.fail_next("drop", "/v1/checkout/sessions")
    shop.stripe.pay(shop.session_id(token))
    shop.settle()
    assert len(sessions(shop)) == before + 1
    assert shop.till.balance() == 0


def sessions(shop: Shop) -> list[object]:
    return list(shop.stripe.books.all("checkout.session"))


def test_another_method_expires_the_session_before(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    first = shop.session_id(token)
    second = shop.session_id(token, method="us_bank_account")
    statuses = {row["id"]: row["status"] for row in shop.stripe.books.all("checkout.session")}
    assert (statuses[first], statuses[second]) == ("expired", "open")


def test_looking_changes_nothing_and_calls_nobody(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.http.get(f"/pay/{token}")  # the first page of a process asks how the account is
    before, calls = shop.till.dump(), len(shop.stripe.calls)
    for path in ("", "?returned=1", "/invoices/INV-1042.pdf", "/invoices.csv"):
        for _ in range(5):
            shop.http.get(f"/pay/{token}{path}")
            shop.http.head(f"/pay/{token}{path}")
            shop.http.options(f"/pay/{token}{path}")
    assert (shop.till.dump(), len(shop.stripe.calls)) == (before, calls)


def test_coming_back_by_hand_marks_nothing_paid(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.session_id(token)
    assert 'data-waiting="yes"' in shop.http.get(f"/pay/{token}?returned=1").text
    assert shop.till.balance() == 12500


def test_many_clicks_at_once_leave_one_session_to_pay(shop: Shop) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
    one, both = shop.till.link("INV-1042"), shop.till.link("INV-1042", "INV-1043", kind="bulk")
    known = {row["id"] for row in shop.stripe.books.all("checkout.session")}

    def click(number: int) -> int:
        method = "card" if number % 3 else "us_bank_account"
        return shop.post(both if number % 2 else one, method=method).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(12)))
    assert set(answers) <= {303, 409}  # 409: the page says that a later click took its place
    shop.settle()
    made = [row for row in shop.stripe.books.all("checkout.session") if row["id"] not in known]
    payable = [row["id"] for row in made if row["status"] == "open"]
    assert payable == [a.session_id for a in shop.till.attempts() if a.status == "open"]
    assert len(payable) == 1


@pytest.mark.databases("sqlite")  # what hangs is Stripe
def test_pages_are_shown_while_the_gateway_hangs(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.http.get(f"/pay/{token}")  # the first page asks for the account's state
    shop.stripe.fail_next("hang", "/v1/checkout/sessions", times=18, seconds=1.5, method="POST")
    with ThreadPoolExecutor(18) as payers:
        for number in range(18):
            payers.submit(shop.post, token, reference=f"tab {number}")
        time.sleep(0.5)
        began = time.monotonic()
        assert shop.http.get(f"/pay/{token}").status_code == 200
        waited = time.monotonic() - began
        shop.stripe.faults.clear()
    assert waited < 1

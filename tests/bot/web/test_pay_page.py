"""The way of a link over HTTP, from the page to the settled ledger."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from commands.access import SETTLER
from commands.payment_link import service as payment_link
from commands.take_payment import chores
from storage import customers
from tests.bot.web.conftest import Shop
from tests.builders import SALLY, add_invoice

UNKNOWN = "x" * 43


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


@pytest.mark.parametrize(
    "form",
    [
        {"due": "1", "unit_amount": "1", "currency": "eur", "total": "0.01"},
        {"line_items[0][amount]": "1", "customer": "C2", "link": "pl_other"},
    ],
)
def test_amounts_written_into_the_form_are_ignored(shop: Shop, form: dict[str, str]) -> None:
    session_id = shop.session_id(shop.till.link("INV-1042"), **form)
    assert shop.stripe.books.get("checkout.session", session_id)["amount_total"] == 12500


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"amount": "200"}, 422, "more than is due"),
        ({"amount": "abc"}, 422, "is not a number"),
        ({"amount": "1,250"}, 422, "write 1250 or 1.250"),
        ({"amount": "124.80"}, 422, "at most USD 124.50"),
        ({"invoice": "INV-9"}, 422, "invoices on this page"),
        ({"method": ""}, 422, "ways to pay"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    shop: Shop, form: dict[str, str], status: int, words: str
) -> None:
    answer = shop.post(shop.till.link("INV-1042"), **form)
    assert answer.status_code == status
    assert words in answer.text
    assert "due now" in answer.text


def test_a_form_sent_by_another_site_is_refused(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}
    answer = shop.http.post(f"/pay/{token}", data={"method": "card"}, headers=headers)
    assert answer.status_code == 403
    assert shop.till.attempts() == []


def test_a_form_of_our_own_page_has_no_origin_and_passes(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    answer = shop.http.post(f"/pay/{token}", data={"method": "card"}, headers=headers)
    assert answer.status_code == 303


def test_links_that_lead_nowhere_look_all_the_same(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    swapped = token.swapcase()
    paths = [UNKNOWN, token[:-1], token + "A", swapped, "a", "%00", "%F0%9F%8C%B9", "x" * 5000]
    answers = [shop.http.get(f"/pay/{path}") for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(shape(answer))) for answer in answers}) == 1
    assert shop.post(UNKNOWN).content == answers[0].content


def shape(answer: httpx2.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name != "date"]


def test_guessing_is_slowed_down_and_links_that_exist_still_open(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    statuses = [shop.http.get(f"/pay/{UNKNOWN}{n}").status_code for n in range(40)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert shop.http.get(f"/pay/{token}").status_code == 200


def test_a_link_turned_off_says_whom_to_call_and_no_amount(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    session_id = shop.session_id(token)
    payment_link.turn_off(SALLY, shop.desk, link_id=shop.till.bearer(token).link_id)
    for path in ("", "/invoices.csv", "/invoices/INV-1042.pdf"):
        answer = shop.http.get(f"/pay/{token}{path}")
        assert answer.status_code == 410
        assert "no longer in use" in answer.text
        assert "+1 206 555 0100" in answer.text
        assert "125.00" not in answer.text
    assert shop.post(token).status_code == 410
    shop.settle()
    assert shop.stripe.books.get("checkout.session", session_id)["status"] == "expired"


def test_a_disabled_customers_link_shows_no_amount(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    with shop.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
        session.add(customer)
    answer = shop.http.get(f"/pay/{token}")
    assert (answer.status_code, "125.00" in answer.text) == (410, False)


def test_every_answer_carries_the_strict_headers(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    paths = [f"/pay/{token}", "/pay/unknown", "/pay/preview", f"/pay/{token}/invoices.csv"]
    for answer in [*map(shop.http.get, paths), shop.post(token), shop.post(token, amount="0")]:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"].startswith("noindex")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert f"form-action 'self' {shop.stripe.api_base}" in policy


def test_the_page_loads_nothing_from_elsewhere(shop: Shop) -> None:
    text = shop.http.get(f"/pay/{shop.till.link('INV-1042')}").text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert all(address.startswith(("/pay/", "data:", "mailto:", "tel:")) for address in addresses)


def test_other_methods_are_not_allowed(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert shop.http.request(method, f"/pay/{token}").status_code == 405


def test_the_invoice_behind_a_link_is_a_pdf(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    answer = shop.http.get(f"/pay/{token}/invoices/INV-1042.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    assert f"/pay/{token}".encode() in answer.content
    assert "Bloom%20Wholesale%20Invoice%20INV-1042.pdf" in answer.headers["content-disposition"]


def test_an_invoice_of_somebody_else_is_not_behind_the_link(shop: Shop) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-2000")
    token = shop.till.link("INV-1042")
    assert shop.http.get(f"/pay/{token}/invoices/INV-2000.pdf").status_code == 404


def test_the_list_for_a_spreadsheet_holds_no_formula(shop: Shop) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-A/7", po_number="=HYPERLINK(1)", total=250)
    token = shop.till.link("INV-A/7")
    lines = shop.http.get(f"/pay/{token}/invoices.csv").text.splitlines()
    cells = "INV-A/7,2026-02-10,2026-03-14,'=HYPERLINK(1),USD,2.50,0.00,0.00,2.50,"
    assert lines[1].startswith(cells)
    assert lines[1].endswith(",open")
    assert shop.http.get(f"/pay/{token}/invoices/INV-A%2F7.pdf").status_code == 200


def test_the_address_of_a_preview_says_so(shop: Shop) -> None:
    assert "This was a preview" in shop.http.get("/pay/preview").text


def test_too_long_a_form_starts_nothing(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    assert shop.post(token, reference="x" * 100_000).status_code == 422
    assert shop.till.attempts() == []


def test_while_stripe_does_not_answer_the_page_says_so(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.http.get(f"/pay/{token}")
    shop.stripe.fail_next("error", "/v1/checkout/sessions", times=1)
    answer = shop.post(token)
    assert answer.status_code == 503
    assert "try again" in answer.text


def test_many_clicks_at_once_leave_one_session_to_pay(shop: Shop) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
    one, both = shop.till.link("INV-1042"), shop.till.link("INV-1042", "INV-1043", kind="bulk")
    known = {row["id"] for row in shop.stripe.books.all("checkout.session")}

    def click(number: int) -> int:
        method = "card" if number % 3 else "us_bank_account"
        return shop.post(both if number % 2 else one, method=method).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(24)))
    assert set(answers) <= {303, 409}  # 409: the page says that a later click took its place
    shop.settle()
    made = [row for row in shop.stripe.books.all("checkout.session") if row["id"] not in known]
    payable = [row["id"] for row in made if row["status"] == "open"]
    assert payable == [a.session_id for a in shop.till.attempts() if a.status == "open"]
    assert len(payable) == 1


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

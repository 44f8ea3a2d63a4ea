"""What the pages behind a link say, let through and refuse, over HTTP."""

import html
import re

import httpx2
import pytest

from commands.payment_link import service as payment_link
from storage import customers
from tests.bot.web.conftest import Shop
from tests.builders import SALLY, add_customer, add_invoice

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py
UNKNOWN = "x" * 43


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
        ({"amount": "1,250"}, 422, "write 1250 or 1.25"),
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


@pytest.mark.parametrize(
    ("locale", "currency", "typed", "words"),
    [
        ("de_DE", "EUR", "20000,5", "20.000,50 EUR is more than is due: 12.345,67 EUR"),
        ("de_DE", "EUR", "12345,50", "leave 0,17 EUR,"),
        ("de_DE", "EUR", "12345,50", "12.345,67 EUR, or at most 12.345,17 EUR"),
        ("de_DE", "EUR", "0,10", "0,10 EUR is less than the smallest"),
        ("de_DE", "EUR", "1.250", "write 1250 or 1,25"),
        ("de_DE", "EUR", "abc", "such as 12,50"),
        ("fr_CA", "CAD", "20 000,00", "20 000,00 CAD is more than is due: 12 345,67 CAD"),
        ("ja_JP", "JPY", "2000000", "JPY 2,000,000 is more than is due: JPY 1,234,567"),
    ],
)
def test_what_is_wrong_names_amounts_as_the_page_does(
    shop: Shop, locale: str, currency: str, typed: str, words: str
) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "C2", locale=locale, currency=currency)
        add_invoice(session, "INV-77", customer_id="C2", currency=currency, total=1234567)
    answer = shop.post(shop.till.link("INV-77"), amount=typed)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ")


def test_a_sum_too_small_to_be_paid_is_named_as_the_page_names_it(shop: Shop) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "C2", locale="de_DE", currency="EUR")
        add_invoice(session, "INV-77", customer_id="C2", currency="EUR", total=30)
    said = shop.http.get(f"/pay/{shop.till.link('INV-77')}").text
    assert "0,30 EUR is less than the smallest amount that can be paid online (0,50 EUR)" in said


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

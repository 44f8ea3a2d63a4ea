"""A link over several invoices over HTTP: ticks, credit, mistakes and the documents behind it."""

import csv
import io
import re

import pytest

from bot.web.pay_page import _MAX_FIELDS
from commands.payment_link import service as payment_link
from storage import customers
from tests.bot.web.conftest import Shop
from tests.builders import SALLY, add_invoice, add_invoices, an_invoice


@pytest.fixture
def token(shop: Shop) -> str:
    """A link over INV-1042 (USD 125.00), INV-1043 (USD 40.00) and INV-1044 (USD 60.00)."""
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
        add_invoice(session, "INV-1044", total=6000)
    return shop.till.link("INV-1042", "INV-1043", "INV-1044", kind="bulk", subject="B1")


def add_memo(shop: Shop, minor: int) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-minor)


def ticked(html: str) -> list[str]:
    return re.findall(r'name="invoice" value="([^"]+)"[^>]* checked', html)


def total(html: str) -> str:
    found = re.search(r'<strong data-sum="pay">([^<]+)<', html)
    assert found
    return found[1]


def test_every_invoice_has_its_tick_its_pdf_and_the_list_is_a_file(shop: Shop, token: str) -> None:
    html = shop.http.get(f"/pay/{token}").text
    assert ticked(html) == ["INV-1042", "INV-1043", "INV-1044"]
    assert total(html) == "USD 225.00"
    for number in ticked(html):
        assert f'href="/pay/{token}/invoices/{number}.pdf"' in html
    assert f'href="/pay/{token}/invoices.csv"' in html


def test_two_of_three_are_paid(shop: Shop, token: str) -> None:
    session_id = shop.session_id(token, ticks="yes", invoice=["INV-1042", "INV-1044"])
    shop.stripe.pay(session_id)
    shop.settle()
    assert [shop.till.balance(n) for n in ("INV-1042", "INV-1043", "INV-1044")] == [0, 4000, 0]
    html = shop.http.get(f"/pay/{token}?returned=1").text
    assert "USD 185.00 was received" in html
    assert ticked(html) == ["INV-1043"]


def test_without_a_script_the_address_carries_what_is_ticked(shop: Shop, token: str) -> None:
    chosen = shop.http.get(f"/pay/{token}?ticks=yes&invoice=INV-1043&amount=10&reference=a%26b")
    assert (ticked(chosen.text), total(chosen.text)) == (["INV-1043"], "USD 10.00")
    assert 'value="a&amp;b"' in chosen.text
    none = shop.http.get(f"/pay/{token}?ticks=yes")
    assert (ticked(none.text), total(none.text)) == ([], "USD 0.00")
    assert shop.till.attempts() == []


@pytest.mark.parametrize(
    ("form", "place", "sentence"),
    [
        ({"invoice": ["INV-1043"], "amount": "41"}, "amount", "more than is due"),
        ({}, "invoice", "Please tick at least one invoice."),
        ({"invoice": ["INV-1043"], "method": "cash"}, "method", "ways to pay"),
        ({"invoice": ["INV-1043"], "reference": "x" * 200}, "reference", "shorten"),
        ({"invoice": ["INV-1043", "INV-9"]}, "invoice", "from the invoices on this page"),
    ],
)
def test_a_mistake_is_told_at_its_place_and_nothing_is_lost(
    shop: Shop, token: str, form: dict[str, str], place: str, sentence: str
) -> None:
    answer = shop.post(token, **({"ticks": "yes", "reference": "<PO> 7", "credit": "yes"} | form))
    assert answer.status_code == 422
    [said] = re.findall(rf'id="{place}-mistake" role="alert">([^<]+)<', answer.text)
    assert sentence in said
    assert ticked(answer.text) == [n for n in form.get("invoice", ()) if n != "INV-9"]
    if "reference" not in form:
        assert 'value="&lt;PO&gt; 7"' in answer.text


def test_credit_is_offered_and_lowers_what_stripe_is_asked_for(shop: Shop, token: str) -> None:
    add_memo(shop, 3000)
    html = shop.http.get(f"/pay/{token}").text
    assert 'name="credit" value="yes">' in html
    assert total(shop.http.get(f"/pay/{token}?credit=yes").text) == "USD 195.00"
    shop.stripe.pay(shop.session_id(token, credit="yes"))
    shop.settle()
    assert [payment.amount for payment in shop.till.payments()] == [19500]
    assert shop.till.balance("CM-7") == 0
    assert "Visa ending in 4242 and your credit" in shop.http.get(f"/pay/{token}").text


def test_credit_that_is_enough_pays_at_once(shop: Shop, token: str) -> None:
    add_memo(shop, 30000)
    assert "Settle with your credit" in shop.http.get(f"/pay/{token}?credit=yes").text
    answer = shop.post(token, credit="yes", method="credit")
    assert answer.status_code == 303
    html = shop.http.get(answer.headers["location"]).text
    assert "USD 225.00 of your credit was used; nothing was charged" in html
    assert shop.post(token, credit="yes", method="credit").status_code == 409


def test_the_list_has_every_invoice_with_its_figures(shop: Shop, token: str) -> None:
    shop.stripe.pay(shop.session_id(token, ticks="yes", invoice="INV-1043", amount="15"))
    shop.settle()
    answer = shop.http.get(f"/pay/{token}/invoices.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["invoice_number"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert list(rows) == ["INV-1042", "INV-1043", "INV-1044"]
    part = rows["INV-1043"]
    assert (part["total"], part["paid"], part["balance"]) == ("40.00", "15.00", "25.00")


def test_an_ended_link_gives_no_document_and_no_amount(shop: Shop, token: str) -> None:
    paths = ("", "/invoices.csv", "/invoices/INV-1043.pdf", "?ticks=yes&invoice=INV-1043")
    with shop.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
        session.add(customer)
    for path in paths:
        answer = shop.http.get(f"/pay/{token}{path}")
        assert answer.status_code == 410
        assert "40.00" not in answer.text
    link_id = shop.till.bearer(token).link_id
    payment_link.turn_off(SALLY, shop.desk, link_id=link_id)
    assert {shop.http.get(f"/pay/{token}{path}").status_code for path in paths} == {410}


def test_a_link_over_very_many_invoices_can_be_paid(shop: Shop) -> None:
    numbers = [f"INV-{n}" for n in range(20000, 21500)]
    with shop.desk.database.writing() as session:
        add_invoices(session, [an_invoice(number, total=100) for number in numbers])
    token = shop.till.link(*numbers, kind="bulk", subject="B2")
    assert len(numbers) < _MAX_FIELDS
    answer = shop.post(token, ticks="yes", invoice=numbers)
    assert answer.status_code == 303
    assert shop.till.attempts()[0].amount == 150000


def test_a_query_that_cannot_be_read_shows_the_page(shop: Shop, token: str) -> None:
    assert shop.http.get(f"/pay/{token}?amount=%ff").status_code == 200
    assert shop.http.get(f"/pay/{token}?invoice=INV-9&amount=lots&ticks=yes").status_code == 200

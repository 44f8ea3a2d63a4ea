"""Paying part of what is due, over HTTP."""

import pytest

from tests.bot.web.conftest import Shop

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(shop: Shop) -> None:
    answer = shop.post(shop.till.link("INV-1042"), amount="$200", reference="<PO> 7")
    assert 'value="$200" aria-invalid="true" aria-describedby="amount-mistake' in answer.text
    assert 'value="&lt;PO&gt; 7"' in answer.text
    assert answer.text.count("more than is due") == 1
    assert "<details open" in answer.text


def test_after_a_part_is_paid_the_page_thanks_and_asks_for_the_rest(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.stripe.pay(shop.session_id(token, amount="$50"))
    shop.settle()
    assert shop.till.balance() == 7500
    page = shop.http.get(f"/pay/{token}?returned=1").text
    assert "Thank you: $50.00 was received" in page or "Thank you: USD 50.00 was" in page
    assert "75.00" in page
    assert "Thank you" not in shop.http.get(f"/pay/{token}").text


def test_a_bank_debit_of_a_part_leaves_the_rest_to_be_paid(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    session_id = shop.session_id(token, amount="50", method="us_bank_account")
    shop.stripe.pay(session_id, "us_bank_account", "settles")
    shop.settle()
    assert "50.00 more is under way from your bank" in shop.http.get(f"/pay/{token}").text
    assert shop.post(token, amount="75.01").status_code == 422
    shop.stripe.pay(shop.session_id(token))
    shop.stripe.settle(session_id)
    shop.settle()
    assert shop.till.balance() == 0
    assert [payment.unapplied for payment in shop.till.payments()] == [0, 0]

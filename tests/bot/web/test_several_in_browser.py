"""Several invoices in a real browser: ticking, sums that follow, and the way to the gateway."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from storage import customers
from tests.bot.web.conftest import Shop
from tests.browsers import NEEDS_CHROMIUM, PHONE, accessibility_faults, browser, phone
from tests.builders import add_invoice

pytestmark = [
    NEEDS_CHROMIUM,
    pytest.mark.databases("sqlite"),  # what a browser does; the services have tests on both
]


__all__ = ["browser", "phone"]


@pytest.fixture
def address(shop: Shop) -> str:
    """A link over INV-1042 (USD 125.00), INV-1043 (USD 40.00) and INV-1044 (USD 60.00)."""
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
        add_invoice(session, "INV-1044", total=6000)
    token = shop.till.link("INV-1042", "INV-1043", "INV-1044", kind="bulk", subject="B1")
    return f"{shop.desk.policy.base_url}/pay/{token}"


def tick(page: Page, number: str) -> Any:
    return page.get_by_role("checkbox", name=number)


def bar(page: Page) -> Any:
    return page.locator(".bar [role=status]")


def test_two_of_three_are_ticked_and_paid_on_a_phone(shop: Shop, address: str, phone: Page) -> None:
    phone.goto(address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tick(phone, "INV-1043").uncheck()
    expect(bar(phone)).to_have_text("2 of 3 invoices USD 185.00")
    phone.get_by_role("link", name="Continue").click()
    phone.get_by_role("button", name="Card").click()
    expect(phone.get_by_text("TEST MODE")).to_be_visible()
    phone.get_by_label("Email").fill("ap@iris.test")
    phone.get_by_label("Card", exact=True).check()
    phone.get_by_label("Card number").fill("4242424242424242")
    with phone.expect_request(re.compile("returned")):  # of a host that only this story knows
        phone.get_by_role("button", name="Pay").click()
    shop.settle()
    phone.goto(f"{address}?returned=1")
    expect(phone.get_by_text("USD 185.00 was received")).to_be_visible()
    assert phone.get_by_role("checkbox").count() == 1
    expect(bar(phone)).to_have_text("1 invoice USD 40.00")
    assert [shop.till.balance(n) for n in ("INV-1042", "INV-1043", "INV-1044")] == [0, 4000, 0]


def test_the_sums_follow_ticks_credit_and_amount(shop: Shop, address: str, phone: Page) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-4000)
    phone.goto(address)
    phone.get_by_role("link", name="Select none").click()
    expect(bar(phone)).to_have_text("0 of 3 invoices USD 0.00")
    phone.get_by_text("Due 14 Mar 2026").nth(1).click()  # anywhere in the row
    expect(bar(phone)).to_have_text("1 of 3 invoices USD 40.00")
    phone.get_by_label("Use your credit of USD 40.00").check()
    settle = phone.get_by_role("button", name="Settle with your credit")
    expect(settle).to_be_visible()
    expect(phone.get_by_role("button", name="Card")).to_be_hidden()
    phone.get_by_role("link", name="Select all").click()
    expect(settle).to_be_hidden()
    expect(phone.get_by_role("heading", name="Pay USD 185.00 by")).to_be_visible()
    phone.get_by_text("Pay another amount").click()
    phone.get_by_label("Amount in USD").fill("100,5")
    expect(bar(phone)).to_have_text("3 invoices USD 100.50")


def test_credit_is_used_by_one_press(shop: Shop, address: str, phone: Page) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-22500)
    phone.goto(address)
    phone.get_by_label("Use your credit").check()
    with phone.expect_response(lambda answer: answer.request.method == "POST") as answered:
        phone.get_by_role("button", name="Settle with your credit").click()
    assert answered.value.status == 303
    expect(phone.get_by_text("nothing was charged")).to_be_visible()


def test_axe_finds_nothing(shop: Shop, address: str, phone: Page) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-4000)
    phone.goto(address)
    assert accessibility_faults(phone) == []
    phone.get_by_role("link", name="Select none").click()
    assert accessibility_faults(phone) == []


def test_a_keyboard_is_enough(shop: Shop, address: str, phone: Page) -> None:
    phone.goto(address)
    tick(phone, "INV-1043").focus()
    phone.keyboard.press("Space")
    expect(bar(phone)).to_have_text("2 of 3 invoices USD 185.00")
    seen = []
    for _ in range(14):
        phone.keyboard.press("Tab")
        seen.append(phone.evaluate("document.activeElement.textContent.trim()"))
    assert seen.index("Continue") < seen.index("Card") < seen.index("Bank account (ACH)")
    assert shop.till.attempts() == []


def test_without_a_script_the_form_does_all_of_it(
    shop: Shop, address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    tick(page, "INV-1042").uncheck()
    page.get_by_role("button", name="Update the total").click()
    expect(bar(page)).to_have_text("2 of 3 invoices USD 100.00")
    page.get_by_role("button", name="Card").click()
    page.wait_for_url(f"{shop.stripe.api_base}/c/pay/**")
    assert shop.till.attempts()[0].amount == 10000
    context.close()


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "en_IN", "de_CH", "ar_EG", "ja_JP"])
def test_the_script_writes_money_as_the_page_does(shop: Shop, phone: Page, locale: str) -> None:
    with shop.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.locale = locale
        session.add(customer)
        add_invoice(session, "INV-B", total=1234567890)
        add_invoice(session, "INV-C", total=1005)
        add_invoice(session, "CM-7", total=-100000)
    token = shop.till.link("INV-B", "INV-C", kind="bulk", subject="B2")
    base = f"{shop.desk.policy.base_url}/pay/{token}"
    for chosen in ("invoice=INV-B", "invoice=INV-C", "invoice=INV-B&credit=yes", ""):
        phone.goto(f"{base}?ticks=yes&{chosen}")
        html = shop.http.get(f"{base}?ticks=yes&{chosen}").text
        written = phone.locator("[data-sum]").all_text_contents()
        assert written == re.findall(r'data-sum="[^>]+>([^<]*)<', html.partition("<body")[2])

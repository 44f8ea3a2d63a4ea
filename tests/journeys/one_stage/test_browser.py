"""The pay page in a real browser: phone width, keyboard, and the way to the gateway and back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.sandbox.demo.stage import Stage
from tests.browsers import NEEDS_CHROMIUM, PHONE, accessibility_faults, browser, phone
from tests.journeys.conftest import MARA, link_in, mail_about, posts, send_invoice, wait_for

pytestmark = [NEEDS_CHROMIUM, pytest.mark.databases("sqlite")]


__all__ = ["browser", "phone"]


def test_a_customer_pays_on_a_phone(stage: Stage, phone: Page, tmp_path: Path) -> None:
    send_invoice(stage, MARA, "INV-1043")
    phone.goto(link_in(stage, mail_about(stage, "INV-1043")))
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.screenshot(path=tmp_path / "due.png", full_page=True)
    assert accessibility_faults(phone) == []

    phone.get_by_label("Your reference").fill("GCH 2291")
    phone.get_by_role("button", name="Card").click()
    expect(phone.get_by_text("TEST MODE")).to_be_visible()
    assert accessibility_faults(phone) == []
    phone.get_by_label("Email").fill("ap@grandcascade.test")
    phone.get_by_label("Card", exact=True).check()
    phone.get_by_label("Card number").fill("4242424242424242")
    phone.get_by_role("button", name="Pay").click()

    phone.wait_for_url(f"{stage.base_url}/pay/**")
    wait_for(lambda: posts(stage, "INV-1043", "paid"), "confirmation")
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("aid")
    assert phone.get_by_role("button", name="Card").count() == 0
    assert accessibility_faults(phone) == []


def test_back_from_the_gateway_the_page_can_be_used_again(stage: Stage, phone: Page) -> None:
    send_invoice(stage, MARA, "INV-1050")
    phone.goto(link_in(stage, mail_about(stage, "INV-1050")))
    phone.get_by_role("button", name="Bank account (ACH)").click()
    expect(phone.get_by_text("TEST MODE")).to_be_visible()
    phone.go_back()
    phone.get_by_role("button", name="Card").click()
    expect(phone.get_by_text("TEST MODE")).to_be_visible()

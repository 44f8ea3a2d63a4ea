"""The pay button in a real browser: our policy must let the redirect to the gateway through."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.bot.web.conftest import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt install chromium)")


@pytest.fixture
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


def test_the_button_leads_to_the_gateways_page(shop: Shop, browser_page: Page) -> None:
    complaints: list[str] = []
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.goto(f"{shop.desk.policy.base_url}/pay/{shop.till.link('INV-1042')}")
    browser_page.fill("#reference", "PO 7781")
    browser_page.click("button[value=card]")
    browser_page.wait_for_url(f"{shop.stripe.api_base}/c/pay/**")
    assert complaints == []
    assert shop.till.attempts()[0].reference == "PO 7781"

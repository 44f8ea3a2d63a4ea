"""The page of the demo, walked by hand in a real browser: what a newcomer does in an afternoon."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from bot.sandbox.demo.scenery import app_manifest, scene_of
from bot.sandbox.demo.stage import Stage
from bot.sandbox.page.server import SandboxPage
from tests import warm
from tests.browsers import (
    DESK,
    NEEDS_CHROMIUM,
    PHONE,
    accessibility_faults,
    chromium,
    watched_page,
)
from tests.journeys.conftest import CARL, MARA, NORA, PATIENCE_SECONDS, SALLY

pytestmark = NEEDS_CHROMIUM
PATIENCE = PATIENCE_SECONDS * 1000
UNDO_SECONDS = 8


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(
        tmp_path_factory.mktemp("stage"), hold_seconds=UNDO_SECONDS, launch=warm.launch
    ) as started:
        yield started


@pytest.fixture(scope="module")
def sandbox(stage: Stage) -> Iterator[SandboxPage]:
    scene = scene_of(stage)
    scene.ready()
    scene.offers(app_manifest(stage))
    with SandboxPage(scene, port=0) as page:
        yield page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        expect.set_options(timeout=PATIENCE)
        yield launched
        expect.set_options(timeout=5_000)


@pytest.fixture
def desk(sandbox: SandboxPage, browser: Browser) -> Iterator[Page]:
    with watched_page(browser, DESK) as page:
        page.set_default_timeout(PATIENCE)
        page.goto(sandbox.url)
        page.wait_for_selector("#composer-text")
        yield page


def be(page: Page, person: str) -> None:
    page.get_by_label("You are").select_option(person)
    expect(page.locator("#messages")).to_have_attribute("data-channel", re.compile(person))


def type_command(page: Page, words: str) -> Locator:
    page.get_by_label("Message or command").fill(words)
    page.keyboard.press("Enter")
    return page.get_by_role("dialog")


def send_invoice(page: Page, number: str) -> None:
    dialog = type_command(page, f"/pay invoice {number}")
    expect(dialog).to_contain_text(number)
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog).to_have_count(0)


def open_mail(page: Page, *words: str) -> None:
    page.get_by_role("tab", name="Mailbox").click()
    entries = page.locator(".mail-entry")
    for word in words:
        entries = entries.filter(has_text=word)
    entries.first.click()


def link_in_pdf(page: Page) -> str:
    """The address that the PDF's button leads to."""
    page.get_by_role("button", name="PDF:").click()
    address = page.locator("iframe.pdf").get_attribute("src")
    content = page.request.get(f"{page.url.rstrip('/')}{address}").body()
    annotations: list[Any] = list(PdfReader(io.BytesIO(content)).pages[0].annotations or [])
    return next(str(one.get_object()["/A"]["/URI"]) for one in annotations)


def said(page: Page, *words: str) -> Locator:
    messages = page.locator("#messages .message")
    for word in words:
        messages = messages.filter(has_text=word)
    return messages.last


def test_an_invoice_is_sent_undone_sent_again_and_paid(desk: Page, browser: Browser) -> None:
    be(desk, MARA)
    dialog = type_command(desk, "/pay invoice INV-1050")
    dialog.get_by_label("Email addresses").fill("not an address")
    desk.keyboard.press("Control+Enter")
    expect(dialog.locator(".error").filter(has_text="@")).to_be_visible()
    assert accessibility_faults(desk) == []
    dialog.get_by_label("Email addresses").fill("")
    desk.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)

    desk.get_by_role("button", name="Payment Links").click()
    said(desk, "INV-1050").get_by_role("button", name="Undo").click()
    expect(said(desk, "INV-1050")).to_contain_text("ndone")

    send_invoice(desk, "INV-1050")
    open_mail(desk, "Invoice INV-1050")
    mail = desk.frame_locator(".mail-body iframe")
    expect(mail.get_by_role("link", name="Pay USD")).to_be_visible()
    pay_in_a_tab(browser, link_in_pdf(desk))

    desk.locator("#channels").get_by_role("button", name="payments", exact=False).first.click()
    expect(said(desk, "INV-1050", "paid")).to_be_visible()
    desk.get_by_role("button", name="← All mail").click()
    expect(desk.locator(".mail-entry").filter(has_text="Receipt")).to_be_visible()


def pay_in_a_tab(browser: Browser, link: str) -> None:
    with watched_page(browser, PHONE) as customer:
        customer.set_default_timeout(PATIENCE)
        customer.goto(link)
        assert accessibility_faults(customer) == []
        customer.get_by_role("button", name="Card").click()
        customer.get_by_label("Card", exact=True).check()
        if customer.get_by_label("Email").is_editable():
            customer.get_by_label("Email").fill("ap@grandcascade.test")
        customer.get_by_label("Card number").fill("4242424242424242")
        customer.get_by_role("button", name="Pay").click()
        customer.wait_for_url("**/pay/**")


def test_a_bank_debit_that_fails_is_told(desk: Page, browser: Browser) -> None:
    be(desk, SALLY)
    send_invoice(desk, "INV-1064")
    open_mail(desk, "Invoice INV-1064")
    with watched_page(browser, PHONE) as customer:
        customer.set_default_timeout(PATIENCE)
        customer.goto(link_in_pdf(desk))
        customer.get_by_role("button", name="Bank account (ACH)").click()
        customer.get_by_label("Bank account", exact=False).first.check()
        if customer.get_by_label("Email").is_editable():
            customer.get_by_label("Email").fill("accounts@petalstem.test")
        customer.get_by_role("button", name="Pay").click()
        customer.wait_for_url("**/pay/**")
    desk.get_by_role("tab", name="Stripe").click()
    checkout = desk.locator(".checkout").filter(has_text="INV-1064")
    expect(checkout.locator(".state")).to_have_text("processing")
    assert accessibility_faults(desk) == []
    checkout.get_by_role("button", name="Fail").click()
    expect(checkout.locator(".state")).to_have_text("failed")
    expect(said(desk, "INV-1064", "failed")).to_be_visible()


def test_a_person_without_a_role_is_told_whom_to_ask(desk: Page) -> None:
    be(desk, NORA)
    type_command(desk, "/pay")
    answer = desk.locator(".whisper").last
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("@Anna Berger")


def test_links_that_are_disabled_leave_a_mail_without_one(desk: Page) -> None:
    be(desk, CARL)
    dialog = type_command(desk, "/pay invoice INV-1074")
    expect(dialog).to_contain_text("disabled")
    dialog.get_by_role("button", name="Send", exact=True).click()
    open_mail(desk, "Invoice INV-1074")
    mail = desk.frame_locator(".mail-body iframe")
    expect(mail.locator("body")).to_contain_text("INV-1074")
    assert mail.locator("a[href*='/pay/']").count() == 0


def test_a_search_in_a_form_asks_the_bot_while_one_types(desk: Page) -> None:
    be(desk, MARA)
    dialog = type_command(desk, "/pay invoice")
    box = dialog.get_by_role("combobox").first
    box.press_sequentially("1043", delay=30)
    expect(dialog.get_by_role("option").first).to_contain_text("INV-1043")
    desk.keyboard.press("Enter")
    expect(dialog).to_contain_text("Grand Cascade")
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.get_by_label("Message or command")).to_be_focused()


def test_business_time_goes_forward_by_the_products_own_verb(desk: Page) -> None:
    desk.get_by_role("tab", name="Time").click()
    desk.get_by_role("button", name="To the next morning").click()
    run = desk.locator(".runs .checkout").first
    run.get_by_text("JSON").click()
    expect(run.locator("pre")).to_contain_text('"deliveries"')


def test_a_phone_shows_one_part_at_a_time(sandbox: SandboxPage, browser: Browser) -> None:
    with watched_page(browser, PHONE) as phone:
        phone.goto(sandbox.url)
        for part in ("Chats", "Slack", "Mail", "Stripe", "More"):
            phone.locator("#phone").get_by_role("button", name=part).click()
            assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            assert accessibility_faults(phone) == [], part


@pytest.mark.parametrize("pane", ["Mailbox", "Stripe", "Requests", "Time", "Tour"])
def test_whatever_stands_beside_is_accessible(desk: Page, pane: str) -> None:
    desk.get_by_role("tab", name=pane).click()
    assert accessibility_faults(desk) == []

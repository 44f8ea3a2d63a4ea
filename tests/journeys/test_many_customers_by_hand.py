"""Links for many customers at once, through the page of the demo: asked, rejected, changed, asked
again, approved for what is left, mailed, and one of them paid.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.sandbox.demo.scenery import app_manifest, scene_of
from bot.sandbox.demo.stage import Stage
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.page.server import SandboxPage
from tests.browsers import (
    DESK,
    NEEDS_CHROMIUM,
    PHONE,
    accessibility_faults,
    chromium,
    watched_page,
)
from tests.journeys.conftest import (
    CARL,
    MARA,
    PATIENCE_SECONDS,
    SALLY,
    ledger_row,
    link_in,
    wait_for,
)

pytestmark = NEEDS_CHROMIUM
PATIENCE = PATIENCE_SECONDS * 1000
SUPERMARKET = "C1012"
SHOPS = ("Blue Iris Florist", "Petal & Stem Co.", "Wild Fern Weddings")


@pytest.fixture(scope="module")
def desk(stage: Stage) -> Iterator[Page]:
    """The page of the demo, for whoever one is just then."""
    add_invoices(stage, 30)
    scene = scene_of(stage)
    scene.ready()
    scene.offers(app_manifest(stage))
    with SandboxPage(scene, port=0) as sandbox, chromium() as browser:
        expect.set_options(timeout=PATIENCE)
        with watched_page(browser, DESK) as page:
            page.set_default_timeout(PATIENCE)
            page.goto(sandbox.url)
            page.wait_for_selector("#composer-text")
            yield page
        expect.set_options(timeout=5_000)


def add_invoices(stage: Stage, count: int) -> None:
    """Open invoices of one customer for a second page, too old to be mailed by themselves."""
    issued = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    path = stage.folder / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["invoice_number", "customer_id", "issue_date", "currency", "total"])
        rows.writerows(
            [f"INV-{2001 + n}", SUPERMARKET, issued, "USD", "10.00"] for n in range(count)
        )
    stage.verb("import", str(path))


def be(page: Page, person: str) -> None:
    page.get_by_label("You are").select_option(person)
    expect(page.locator("#messages")).to_have_attribute("data-channel", re.compile(person))


def type_command(page: Page, words: str) -> Locator:
    page.get_by_label("Message or command").fill(words)
    page.keyboard.press("Enter")
    return page.get_by_role("dialog")


def tick(dialog: Locator, number: str, then: str) -> None:
    dialog.get_by_label(re.compile(rf"^{number} ·")).check()
    expect(dialog).to_contain_text(then)


def press(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name=name, exact=True).click()


def close(dialog: Locator) -> None:
    """By its cross; what is behind it can be used once it is gone."""
    dialog.get_by_role("button", name="Close", exact=True).first.click()
    expect(dialog).to_have_count(0)


def said(page: Page, *words: str) -> Locator:
    messages = page.locator("#messages .message")
    for word in words:
        messages = messages.filter(has_text=word)
    return messages.last


def go(page: Page, channel: str) -> None:
    page.locator("#channels").get_by_role("button", name=channel).first.click()


def decide(page: Page, decision: str, reason: str = "") -> Locator:
    """Open the request where it was sent to the person, and decide."""
    said(page, "3 customers").get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("As of now")
    dialog.get_by_label(decision, exact=False).check()
    if reason:
        dialog.get_by_label("Reason", exact=False).fill(reason)
    return dialog


def test_sales_picks_over_two_pages_and_asks(desk: Page) -> None:
    be(desk, SALLY)
    dialog = type_command(desk, "/pay open")
    tick(dialog, "INV-1055", "1 invoice of 1 customer is ticked")
    tick(dialog, "INV-1062", "2 invoices of 1 customer are ticked")
    press(dialog, "Next")
    expect(dialog).to_contain_text("Page 2 of 2")
    tick(dialog, "INV-1058", "3 invoices of 2 customers are ticked")
    tick(dialog, "INV-1065", "4 invoices of 3 customers are ticked")
    press(dialog, "Send Payment Links")
    expect(dialog).to_contain_text("3 mails to 3 customers")
    expect(dialog).to_contain_text("This asks a Sales Manager or Admin because")
    for shop in SHOPS:
        expect(dialog.get_by_label(f"Email addresses: {shop}")).to_be_visible()
    assert accessibility_faults(desk) == []
    press(dialog, "Ask for approval")
    expect(dialog).to_contain_text("asked for approval")
    close(dialog)


def test_the_sales_manager_rejects_and_sales_asks_again(desk: Page, stage: Stage) -> None:
    be(desk, MARA)
    dialog = decide(desk, "Reject")
    press(dialog, "Decide")
    expect(dialog.locator(".error").filter(has_text=re.compile("."))).to_be_visible()
    dialog.get_by_label("Reason", exact=False).fill("Wild Fern wants it to go to the planner")
    press(dialog, "Decide")
    expect(dialog).to_have_count(0)
    expect(said(desk, "ejected")).to_contain_text("Wild Fern wants it to go to the planner")
    expect(said(desk, "ejected").get_by_role("button", name="Review")).to_have_count(0)
    be(desk, SALLY)
    expect(said(desk, "ejected")).to_contain_text("Wild Fern wants it to go to the planner")
    assert stage.mail.messages == []

    dialog = type_command(desk, "/pay open")
    expect(dialog).to_contain_text("Wild Fern wants it to go to the planner")
    press(dialog, "Go on")
    expect(dialog).to_contain_text("4 invoices of 3 customers are ticked")
    press(dialog, "Send Payment Links")
    dialog.get_by_label("Email addresses: Wild Fern Weddings").fill("planner@wildfern.test")
    press(dialog, "Ask for approval")
    expect(dialog).to_contain_text("asked for approval")
    close(dialog)


def test_what_happens_meanwhile_is_shown_and_left_out(desk: Page, stage: Stage) -> None:
    record_payment(desk, "INV-1062", stage)
    disable_links(desk, "Petal & Stem", "Pays by cheque only")
    be(desk, MARA)
    dialog = decide(desk, "Approve")
    expect(dialog).to_contain_text("2 customers, 2 invoices")
    expect(dialog).to_contain_text("Left out, for it changed since it was asked for")
    expect(dialog).to_contain_text("INV-1062")
    expect(dialog).to_contain_text("Pays by cheque only")
    press(dialog, "Decide")
    expect(dialog).to_have_count(0)
    expect(said(desk, "3 customers").get_by_role("button", name="Review")).to_have_count(0)


def record_payment(page: Page, number: str, stage: Stage) -> None:
    owed = ledger_row(stage, "invoices", number=number)["balance"]
    be(page, CARL)
    dialog = type_command(page, f"/pay record {number}")
    expect(dialog).to_contain_text("Open:")
    dialog.get_by_label("Method").select_option(label="Cash")
    dialog.get_by_label("Amount in USD").fill(f"{owed / 100:.2f}")
    press(dialog, "Review")
    press(dialog, "Record payment")
    expect(dialog).to_contain_text("is recorded")
    close(dialog)


def disable_links(page: Page, customer: str, reason: str) -> None:
    be(page, MARA)
    dialog = type_command(page, f"/pay customer {customer}")
    dialog.get_by_label("Enable payment links").uncheck()
    dialog.get_by_label("Reason").fill(reason)
    press(dialog, "Save")
    expect(dialog).to_contain_text("Saved for")
    close(dialog)


def test_two_mails_leave_each_correct(stage: Stage) -> None:
    blue, fern = mail_to(stage, "ap@blueiris.test"), mail_to(stage, "planner@wildfern.test")
    for mail, own, others in ((blue, "INV-1055", "INV-1065"), (fern, "INV-1065", "INV-1055")):
        owed = ledger_row(stage, "invoices", number=own)["balance"]
        assert f"{owed / 100:,.2f}" in mail.text
        assert own in mail.text
        assert [part.filename for part in mail.attachments] == [
            f"Bloom Wholesale Invoice {own}.pdf"
        ]
        for word in (others, "INV-1058", "INV-1062"):
            assert word not in mail.text
    assert link_in(stage, blue) != link_in(stage, fern)
    assert not [m for m in stage.mail.messages if "petalstem" in str(m.recipients)]


def mail_to(stage: Stage, address: str) -> ReceivedMail:
    def look() -> list[ReceivedMail]:
        asking = [m for m in stage.mail.messages if "Receipt" not in m.subject]
        return [m for m in asking if m.sent_to(address)]

    [mail] = wait_for(look, f"mail to {address}")
    return mail


def test_the_payment_of_one_updates_card_and_report(desk: Page, stage: Stage) -> None:
    asked = ledger_row(stage, "invoices", number="INV-1065")["balance"]
    be(desk, SALLY)
    expect(said(desk, "3 customers", "2 sent, 1 not sent")).to_be_visible()
    browser = desk.context.browser
    assert browser is not None
    pay(browser, link_in(stage, mail_to(stage, "planner@wildfern.test")))
    go(desk, "payments")
    expect(said(desk, "Wild Fern Weddings", "paid")).to_be_visible()
    expect(said(desk, "3 customers", "2 sent")).to_contain_text(
        f"Paid or credited since: USD {asked / 100:,.2f}"
    )
    said(desk, "3 customers", "2 sent").get_by_role("button", name="1 reply").click()
    report = desk.get_by_role("log", name="Replies")
    expect(report).to_contain_text("Petal & Stem Co.: Payment links are disabled")
    expect(report).to_contain_text("INV-1062")
    assert ledger_row(stage, "invoices", number="INV-1065")["status"] == "paid"


def pay(browser: Browser, link: str) -> None:
    with watched_page(browser, PHONE) as customer:
        customer.set_default_timeout(PATIENCE)
        customer.goto(link)
        assert accessibility_faults(customer) == []
        customer.get_by_role("button", name="Card").click()
        customer.get_by_label("Card", exact=True).check()
        if customer.get_by_label("Email").is_editable():
            customer.get_by_label("Email").fill("planner@wildfern.test")
        customer.get_by_label("Card number").fill("4242424242424242")
        customer.get_by_role("button", name="Pay").click()
        customer.wait_for_url("**/pay/**")

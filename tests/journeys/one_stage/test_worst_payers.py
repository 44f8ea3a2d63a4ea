"""The three worst payers each get a statement; one opens it in a browser and pays a part."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.sandbox.demo.stage import Stage
from bot.sandbox.mail.received import ReceivedMail
from tests.browsers import NEEDS_CHROMIUM, PHONE, browser, phone
from tests.journeys.conftest import (
    MARA,
    card_of,
    ledger_row,
    link_in,
    links_in,
    mails_about,
    posts,
    save,
    wait_for,
)

pytestmark = [NEEDS_CHROMIUM, pytest.mark.databases("sqlite")]
TYPED = "counter@cornershop.test"  # nothing is on file for this one
# As the screen lists them by itself: who has owed for longest comes first.
WORST = {
    "Hana Flower Design": "keiri@hana-design.test",
    "Green Thumb Supermarkets Inc.": "ap-west@greenthumb.test",
    "Corner Shop Flowers": TYPED,
}


__all__ = ["browser", "phone"]


def first_listed(stage: Stage) -> list[str]:
    """The names of the first rows of Aging / Statements."""
    mara = stage.person(MARA)
    assert mara.command("/pay", "aging", channel="#payments").ok
    lines = mara.modal.text().splitlines()
    names = [line.split("*")[1] for line in lines if line.startswith("*") and " · C" in line]
    return names[: len(WORST)]


def send_statement(stage: Stage, name: str) -> None:
    """From the customer's row in Aging / Statements."""
    mara = stage.person(MARA)
    mara.modal.fill("Name or number of the customer", name)  # on the list that is still open
    mara.modal.press("Create / Send Statement")
    if WORST[name] == TYPED:
        mara.modal.fill("Email addresses", TYPED)
    submitted = mara.modal.submit()
    assert not submitted.errors, submitted.errors
    if mara.modal.title == "On its way":  # it points something out
        mara.modal.close()


def statement_for(stage: Stage, address: str) -> ReceivedMail:
    def look() -> list[ReceivedMail]:
        return [m for m in mails_about(stage, "Statement of") if address in m.recipients]

    return wait_for(look, f"statement for {address}")[-1]


def sums(page: Page) -> dict[str, str]:
    """What the page says that the statement said, and what is due now."""
    section = page.get_by_role("region", name="Statement of")
    labels = section.locator("dt").all_inner_texts()
    return dict(zip(labels, section.locator("dd").all_inner_texts(), strict=True))


def pay_part(page: Page, amount: str) -> None:
    page.get_by_text("Pay another amount").click()
    page.get_by_label("Amount in USD").fill(amount)
    page.get_by_role("button", name="Card").click()
    expect(page.get_by_text("TEST MODE")).to_be_visible()
    page.get_by_label("Email").fill("ap-west@greenthumb.test")
    page.get_by_label("Card", exact=True).check()
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/pay/**")


def test_the_three_worst_payers_each_get_their_statement(stage: Stage) -> None:
    assert first_listed(stage) == list(WORST)
    for name, address in WORST.items():
        send_statement(stage, name)
        assert link_in(stage, statement_for(stage, address))
    card_of(stage, MARA, "Corner Shop Flowers", TYPED, "accepted")


def test_one_opens_it_pays_a_part_and_sees_the_rest(
    stage: Stage, phone: Page, tmp_path: Path
) -> None:
    mail = statement_for(stage, "ap-west@greenthumb.test")
    link = link_in(stage, mail)
    assert links_in(save(mail, tmp_path)) == {link}
    phone.goto(link)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    printed = sums(phone)
    assert printed["To pay as printed"] == printed["Due now"] == "USD 6,053.96"

    pay_part(phone, "600.00")
    wait_for(lambda: posts(stage, "INV-1041", "paid"), "confirmation")
    phone.goto(link)
    now = sums(phone)
    assert now["To pay as printed"] == "USD 6,053.96"
    assert now["Due now"] == "USD 5,453.96"
    changed = phone.get_by_role("row").filter(has_text="On the statement")
    assert changed.count() == 2
    assert ledger_row(stage, "invoices", number="INV-1041")["status"] == "paid"  # due first
    assert ledger_row(stage, "invoices", number="INV-1053")["balance"] == 84421 - 1019

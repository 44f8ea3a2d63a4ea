"""The steps of the tour: each does what a person would, and shows the evidence."""

import re
import textwrap
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2

from bot.sandbox import loopback
from bot.sandbox.demo.stage import NEWCOMER
from bot.sandbox.demo.tour import PATIENCE_SECONDS, StepFailed, Tour
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.slack.messages import Message

ANNA, SALLY, MARA, CARL = "U01ANNA", "U04SALLY", "U02MARA", "U03CARL"


def books_are_read(tour: Tour) -> None:
    """The books of a small wholesale florist are imported: python -m bot import *.csv"""
    for line in tour.stage.imported.strip().splitlines():
        tour.show("import", line)


def a_newcomer_is_told_whom_to_ask(tour: Tour) -> None:
    """Nora has no role yet; she types /pay"""
    answer = tour.stage.person(NEWCOMER[0]).command("/pay", channel="#payments")
    said = " ".join(_first_line(shown) for shown in answer.shown)
    tour.expect(truth="Anna" in said or "U01ANNA" in said, otherwise=f"nobody to ask in: {said!r}")
    tour.show("only she sees", said)


def sally_sends_an_invoice(tour: Tour) -> None:
    """Sally types /pay invoice INV-1073, fills the form, looks at the PDF and presses Send"""
    sally = tour.stage.person(SALLY)
    sally.command("/pay", "invoice INV-1073", channel="#payments")
    modal = sally.modal
    tour.show("form", f"{modal.title}: {' | '.join(modal.text().split(chr(10))[:6])}")
    modal.fill("Email addresses", "Robin Vale <robin@blueiris.test>; not an address")
    refused = modal.submit()
    tour.show("refused", " ".join(refused.errors.values()))
    tour.expect(truth=bool(refused.errors), otherwise="a bad address was accepted")
    modal = sally.modal
    modal.fill("Email addresses", "Robin Vale <robin@blueiris.test>")
    preview = modal.press("Preview PDF")
    shown = loopback.get(preview.url or "", timeout=PATIENCE_SECONDS)
    tour.expect(truth=shown.content[:5] == b"%PDF-", otherwise="the preview is not a PDF")
    tour.show("preview", f"{len(shown.content):,} bytes of PDF")
    modal.submit()
    if sally.has_modal:
        tour.show("pointed out", " | ".join(sally.modal.text().splitlines()))
        sally.modal.close()
    tour.show("card", _first_line(tour.card(SALLY, "INV-1073")))


def the_customer_gets_the_mail(tour: Tour) -> None:
    """After the hold for Undo, Blue Iris gets one mail with the invoice as PDF"""
    mail = tour.mail("INV-1073")
    tour.show("subject", mail.subject)
    tour.show("from", f"{mail.message['From']}   Reply-To: {mail.message['Reply-To']}")
    tour.show("to", mail.message["To"])
    for path in tour.save(mail):
        tour.show("saved", path)
    tour.show("card", _first_line(tour.card(SALLY, "INV-1073", "robin@blueiris.test", "accepted")))


def the_customer_pays_by_card(tour: Tour) -> None:
    """The customer opens the link, presses Card and pays on Stripe's page"""
    session_url = _open_and_press(tour, tour.mail("INV-1073"), "card")
    form = {"method": "card", "email": "robin@blueiris.test", "name": "Robin Vale"}
    back = loopback.post(
        session_url, data=form | {"card_number": "4242424242424242"}, timeout=PATIENCE_SECONDS
    )
    tour.expect(truth=back.status_code == httpx2.codes.SEE_OTHER, otherwise="Stripe refused")
    page = loopback.get(back.headers["Location"], timeout=PATIENCE_SECONDS)
    tour.show("back at", f"{_heading(page.text)} ({page.status_code})")


def the_channel_hears_of_it(tour: Tour) -> None:
    """The webhook settles the ledger: channel, card, thread and Receipt"""
    tour.show("#payments", _first_line(tour.post("#payments", "paid", "INV-1073")))
    tour.show("card", _first_line(tour.card(SALLY, "INV-1073", "Paid")))
    tour.show("its thread", _first_line(tour.stage.person(SALLY).wait_for_message("paid USD")))
    receipt = tour.mail("Receipt", "INV-1073")
    tour.show("receipt", f"{receipt.subject} → {receipt.message['To']}")
    tour.save(receipt)


def the_ledger_agrees(tour: Tour) -> None:
    """The ledger says the same: python -m bot export-ledger"""
    ledger = tour.stage.ledger()
    invoice = _invoice(ledger, "INV-1073")
    tour.expect(truth=invoice["status"] == "paid", otherwise=f"INV-1073 is {invoice['status']}")
    tour.show("invoice", invoice)
    payment = next(
        row for row in ledger["payments"] if "INV-1073" in str(row) and row["id"].startswith("pi_")
    )
    tour.show("payment", payment)


def a_bank_debit_settles_later(tour: Tour) -> None:
    """Mara sends INV-1064; Petal & Stem pays by bank debit, which settles later"""
    mara = tour.stage.person(MARA)
    mara.command("/pay", "1064", channel="#payments")
    mara.modal.submit()
    session_url = _open_and_press(tour, tour.mail("INV-1064"), "us_bank_account")
    form = {"method": "us_bank_account", "email": "accounts@petalstem.test", "bank": "settles"}
    loopback.post(session_url, data=form | {"name": "Petal & Stem"}, timeout=PATIENCE_SECONDS)
    tour.show("#payments", _first_line(tour.post("#payments", "INV-1064", "xpected")))
    processing = _invoice(tour.stage.ledger(), "INV-1064")
    tour.expect(truth=processing["pending"] > 0, otherwise="the bank debit is not pending")
    tour.show("ledger", processing)
    tour.stage.stripe.finish_bank_debits()
    tour.show("#payments", _first_line(tour.post("#payments", "INV-1064", "paid USD")))
    settled = _invoice(tour.stage.ledger(), "INV-1064")
    tour.expect(truth=settled["status"] == "paid", otherwise="the bank debit did not settle")
    tour.show("ledger", settled)


def a_send_is_undone(tour: Tour) -> None:
    """Sally sends INV-1070 and presses Undo while it is held: nothing leaves"""
    sally = tour.stage.person(SALLY)
    sally.command("/pay", "invoice INV-1070", channel="#payments")
    sally.modal.submit()
    sally.press(tour.card(SALLY, "INV-1070"), "Undo")
    tour.show("card", _first_line(tour.card(SALLY, "INV-1070", "ndone")))
    time.sleep(float(tour.stage.settings["SEND_HOLD_SECONDS"]) + 1)
    left = [m for m in tour.stage.mail.messages if "INV-1070" in m.subject]
    tour.expect(truth=not left, otherwise="the mail left all the same")
    tour.show("mailbox", "nothing about INV-1070")


def links_can_be_off(tour: Tour) -> None:
    """Carlos sends INV-1074 to a customer whose payment links are disabled: no button"""
    carl = tour.stage.person(CARL)
    carl.command("/pay", "invoice INV-1074", channel="#payments")
    reason = [line for line in carl.modal.text().splitlines() if "disabled" in line]
    tour.show("form", " ".join(reason))
    carl.modal.submit()
    mail = tour.mail("INV-1074")
    tour.expect(truth="/pay/" not in mail.text + mail.html, otherwise="the mail has a link")
    tour.show("mail", f"{mail.subject}, without a link, {len(mail.attachments)} attachment")


def an_order_is_taken(tour: Tour) -> None:
    """Sally types /pay order new wild fern: a few lines become an order, an invoice and a mail"""
    sally = tour.stage.person(SALLY)
    sally.command("/pay", "order new wild fern", channel="#payments")
    sally.modal.fill("Lines", "12 x Roses red 60cm 1.25")
    tour.show("refused", " ".join(sally.modal.submit().errors.values()))
    sally.modal.fill("Lines", "12 x Roses red 60cm @ 1.25\n3 boxes x Lilies @ 20 +8.25%")
    sally.modal.submit()
    priced = [line for line in sally.modal.text().splitlines() if "USD" in line]
    tour.show("review", " | ".join(priced))
    sally.modal.submit()
    tour.show("done", sally.modal.text().splitlines()[2])
    sally.modal.close()
    mail = tour.mail("INV-1001", "USD 79.95")
    tour.show("mail", mail.subject)
    tour.save(mail)
    sally.command("/pay", "order SO-1001", channel="#payments")
    tour.show("its order", " | ".join(sally.modal.text().splitlines()[2:]))
    sally.modal.close()


def statements_are_scheduled(tour: Tour) -> None:
    """Anna types /pay schedule: from now on the retail florists get a statement every month"""
    anna = tour.stage.person(ANNA)
    anna.command("/pay", "schedule", channel="#payments")
    anna.modal.press("Add a schedule")
    anna.modal.pick("Customers", "Retail florists")
    anna.modal.submit()
    tour.show("schedule", " | ".join(anna.modal.text().splitlines()[2:6]))
    anna.modal.close()


def the_month_ends(tour: Tour) -> None:
    """The day before and the day after the month ends, as the clock sees them: run-due --now"""
    end = _month_end(datetime.now(UTC).date() + timedelta(days=1))
    _run_due(tour, end)
    tour.show("#payments", _first_line(tour.post("#payments", f"{end:%A} at 18:00")))
    _run_due(tour, end + timedelta(days=1))
    tour.show("#payments", _first_line(tour.post("#payments", "Over: Statements for")))
    mail = tour.mail("Statement of")
    tour.show("mail", f"{mail.subject} → {mail.message['To']}")
    tour.save(mail)
    made = [row for row in tour.stage.ledger()["statements"] if row["period_end"] == str(end)]
    tour.expect(truth=bool(made), otherwise="the ledger has no statement of that month")
    for row in made:
        tour.show("ledger", row)


STEPS = (
    books_are_read,
    a_newcomer_is_told_whom_to_ask,
    sally_sends_an_invoice,
    the_customer_gets_the_mail,
    the_customer_pays_by_card,
    the_channel_hears_of_it,
    the_ledger_agrees,
    a_bank_debit_settles_later,
    a_send_is_undone,
    links_can_be_off,
    an_order_is_taken,
    statements_are_scheduled,
    the_month_ends,
)


def _open_and_press(tour: Tour, mail: ReceivedMail, method: str) -> str:
    """Follow the mail's link as a browser would; the address of Stripe's page."""
    base = re.escape(tour.stage.base_url)
    link = re.search(rf"{base}/pay/[\w-]+", mail.text)
    if link is None:
        raise StepFailed("the mail has no link")
    page = loopback.get(link[0], timeout=PATIENCE_SECONDS)
    tour.show("link", f"{link[0]} answers {page.status_code}")
    tour.show("page", _heading(page.text))
    pressed = loopback.post(
        link[0], data={"method": method, "reference": "our book 12"}, timeout=PATIENCE_SECONDS
    )
    if pressed.status_code != httpx2.codes.SEE_OTHER:
        raise StepFailed(f"the pay button answered {pressed.status_code}")
    tour.show("pressed", f"{method} → 303 to {pressed.headers['Location'].partition('#')[0]}")
    return str(pressed.headers["Location"])


def _run_due(tour: Tour, day: date) -> None:
    """At noon; nobody waits for files then, so no folder is watched."""
    tour.stage.verb("run-due", "--now", f"{day}T12:00:00Z", IMPORT_DIR="")


def _month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def _heading(html: str) -> str:
    """What the page says first: its main heading and the words that follow."""
    main = html.partition("<main")[2].partition(">")[2] or html
    words = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)
    return textwrap.shorten(" ".join(words.split()), 150, placeholder=" …")


def _invoice(ledger: dict[str, Any], number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in ledger["invoices"] if row["number"] == number)
    return found


def _first_line(message: Message) -> str:
    return " | ".join(line for line in message.visible_text().splitlines() if line.strip())

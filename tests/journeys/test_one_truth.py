"""Paid in parts, back in parts: page, card, PDF and ledger say the same at every moment."""

import re
from io import BytesIO

import httpx2
from pypdf import PdfReader

from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import (
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_of,
    ledger_row,
    link_in,
    mail_about,
    posts,
    send_invoice,
    wait_for,
)

ANNA, NUMBER = "U01ANNA", "INV-1072"


def press(link: str, method: str, amount: str = "") -> str:
    """Press a pay button; the id of the checkout session it led to."""
    form = {"method": method} | ({"amount": amount} if amount else {})
    pressed = httpx2.post(link, data=form, timeout=PATIENCE_SECONDS)
    assert pressed.status_code == httpx2.codes.SEE_OTHER, pressed.text
    return str(pressed.headers["Location"]).rpartition("/")[2].partition("#")[0]


def look(
    stage: Stage, link: str, minor: int, *, page: str, card: tuple[str, ...], pending: int = 0
) -> None:
    """The four of them, once the card has come to it."""
    words = f"{minor // 100}.{minor % 100:02}"
    card_of(stage, SALLY, NUMBER, *card)
    said = re.sub(r"<[^>]*>|\s+", " ", httpx2.get(link, timeout=PATIENCE_SECONDS).text)
    assert page in said
    assert words in said or not minor, f"{words} is not on the page: {said}"
    assert words in document(link)
    row = ledger_row(stage, "invoices", number=NUMBER)
    assert (row["balance"], row["pending"]) == (minor, pending)


def document(link: str) -> str:
    """What the PDF behind the link says now."""
    got = httpx2.get(f"{link}/invoices/{NUMBER}.pdf", timeout=PATIENCE_SECONDS)
    assert got.status_code == httpx2.codes.OK, got.text
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(got.content)).pages)


def refund(stage: Stage, amount: str) -> None:
    anna = stage.person(ANNA)
    answer = anna.command("/pay", f"refund {NUMBER}", channel="#payments")
    assert answer.trouble is None, answer
    anna.modal.fill("Amount", amount)
    assert not anna.modal.submit().errors
    assert NUMBER in anna.modal.text()
    anna.modal.submit()
    wait_for(lambda: posts(stage, "was refunded", NUMBER), "post about the refund")


def payment_of(stage: Stage, minor: int) -> str:
    [row] = [p for p in ledger_of(stage)["payments"] if p["amount"] == minor]
    return str(row["id"])


def test_page_card_and_ledger_say_the_same_at_every_moment(stage: Stage) -> None:
    send_invoice(stage, SALLY, NUMBER)
    link = link_in(stage, mail_about(stage, NUMBER))
    look(stage, link, 49810, page="due now", card=("Sent",))

    stage.stripe.pay(press(link, "card", "249.05"))
    half = ("Partly paid", "249.05 still due")
    look(stage, link, 24905, page="due now", card=half)

    debit = press(link, "us_bank_account")
    stage.stripe.pay(debit, method="us_bank_account", outcome="fails")
    under_way = ("Payment processing", "249.05")
    look(stage, link, 24905, page="under way", card=under_way, pending=24905)
    stage.stripe.finish_bank_debits()
    wait_for(lambda: posts(stage, NUMBER, "failed"), "notice of the failure")
    mail_about(stage, "USD 249.05", "did not arrive")
    look(stage, link, 24905, page="due now", card=half)

    refund(stage, "49.05")
    look(stage, link, 29810, page="due now", card=("Partly refunded", "298.10 still due"))

    stage.stripe.pay(press(link, "card"))
    look(stage, link, 0, page="paid, thank you", card=("Paid",))
    newest = payment_of(stage, 29810)
    dispute = stage.stripe.dispute(newest, "product_not_received")
    look(stage, link, 29810, page="in dispute", card=("Disputed", "298.10"))
    assert ledger_row(stage, "payments", id=newest)["disputed"] == 29810
    stage.stripe.win_dispute(dispute["id"])
    wait_for(lambda: posts(stage, NUMBER, "Won"), "post that says so")
    look(stage, link, 0, page="paid, thank you", card=("Paid",))

    money = [row for row in ledger_of(stage)["payments"] if row["status"] == "succeeded"]
    mine = [row for row in money if row["id"].startswith("pi_")]
    assert sum(row["amount"] - row["refunded"] for row in mine) == 49810
    assert stage.stripe.captured() == {"usd": 49810}

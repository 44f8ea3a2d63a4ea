"""Paid in parts, back in parts: page, card, PDF and ledger say the same at every moment."""

import re
from io import BytesIO
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import (
    ANNA,
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_of,
    ledger_row,
    link_in,
    mail_about,
    posts,
    press,
    send_invoice,
    wait_for,
)

NUMBER = "INV-1044"
pytestmark = pytest.mark.databases("sqlite")


def look(
    stage: Stage, link: str, minor: int, *, page: str, card: tuple[str, ...], pending: int = 0
) -> None:
    """The four of them, once the card has come to it."""
    words = f"{minor // 100}.{minor % 100:02}"
    card_of(stage, SALLY, NUMBER, *card)
    said = re.sub(r"<[^>]*>|\s+", " ", loopback.get(link, timeout=PATIENCE_SECONDS).text)
    assert page in said
    assert words in said or not minor, f"{words} is not on the page: {said}"
    assert words in document(link)
    row = ledger_row(stage, "invoices", number=NUMBER)
    assert (row["balance"], row["pending"]) == (minor, pending)


def document(link: str) -> str:
    """What the PDF behind the link says now."""
    got = loopback.get(f"{link}/invoices/{NUMBER}.pdf", timeout=PATIENCE_SECONDS)
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


def payments(stage: Stage) -> list[dict[str, Any]]:
    """Those by card that came to something."""
    rows = [p for p in ledger_of(stage)["payments"] if NUMBER in str(p["allocations"])]
    return [row for row in rows if row["status"] == "succeeded" and row["id"].startswith("pi_")]


def test_page_card_and_ledger_say_the_same_at_every_moment(stage: Stage) -> None:
    send_invoice(stage, SALLY, NUMBER)
    link = link_in(stage, mail_about(stage, NUMBER))
    look(stage, link, 24690, page="due now", card=("Sent",))

    stage.stripe.pay(press(link, "card", amount="123.45"))
    half = ("Partly paid", "123.45 still due")
    look(stage, link, 12345, page="due now", card=half)

    debit = press(link, "us_bank_account")
    stage.stripe.pay(debit, method="us_bank_account", outcome="fails")
    under_way = ("Payment processing", "123.45")
    look(stage, link, 12345, page="under way", card=under_way, pending=12345)
    stage.stripe.finish_bank_debits()
    wait_for(lambda: posts(stage, NUMBER, "failed"), "notice of the failure")
    mail_about(stage, "USD 123.45", "did not arrive")
    look(stage, link, 12345, page="due now", card=half)

    refund(stage, "23.45")
    look(stage, link, 14690, page="due now", card=("Partly refunded", "146.90 still due"))

    stage.stripe.pay(press(link, "card"))
    look(stage, link, 0, page="paid, thank you", card=("Paid",))
    [newest] = [row["id"] for row in payments(stage) if row["amount"] == 14690]
    dispute = stage.stripe.dispute(newest, "product_not_received")
    look(stage, link, 14690, page="in dispute", card=("Disputed", "146.90"))
    assert ledger_row(stage, "payments", id=newest)["disputed"] == 14690
    stage.stripe.win_dispute(dispute["id"])
    wait_for(lambda: posts(stage, NUMBER, "Won"), "post that says so")
    look(stage, link, 0, page="paid, thank you", card=("Paid",))

    own = {row["id"]: row["amount"] - row["refunded"] for row in payments(stage)}
    charges = [c for c in stage.stripe.books.all("charge") if c["payment_intent"] in own]
    assert sum(own.values()) == 24690
    assert sum(c["amount_captured"] - c["amount_refunded"] for c in charges) == 24690

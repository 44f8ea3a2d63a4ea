"""A cheque at the counter, a bounce, and an invoice that was never owed, over real wires."""

import httpx2

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.person import Person
from tests.journeys.conftest import (
    CARL,
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_row,
    link_in,
    mail_about,
    posts,
    send_invoice,
    wait_for,
)


def page(link: str) -> str:
    return loopback.get(link, timeout=PATIENCE_SECONDS).text


def confirmation(stage: Stage, *words: str) -> Message:
    return wait_for(lambda: posts(stage, *words), f"post saying {words}")[-1]


def record_cheque(stage: Stage, number: str, amount: str) -> Person:
    carl = stage.person(CARL)
    assert carl.command("/pay", f"record {number}", channel="#payments").trouble is None
    carl.modal.pick("Method", "Cheque")
    carl.modal.fill("Cheque number", "1001")
    carl.modal.fill("Amount", amount)
    assert carl.modal.submit().action == "push"
    assert carl.modal.submit().ok
    return carl


def test_a_cheque_is_on_page_card_and_ledger_and_is_gone_when_it_bounces(stage: Stage) -> None:
    send_invoice(stage, SALLY, "INV-1057")
    link = link_in(stage, mail_about(stage, "INV-1057"))
    whole = ledger_row(stage, "invoices", number="INV-1057")["balance"]
    carl = record_cheque(stage, "INV-1057", "100")
    told = confirmation(stage, "paid USD 100.00", "INV-1057", "recorded by")
    card_of(stage, SALLY, "INV-1057", "Partly paid")
    assert "Cheque 1001" in mail_about(stage, "Receipt", "INV-1057").text
    assert "Paid or credited" in page(link)
    assert ledger_row(stage, "invoices", number="INV-1057")["balance"] == whole - 10_000

    carl.press(told, "Reverse")
    carl.modal.fill("Reason", "The cheque bounced")
    assert carl.modal.submit().ok
    confirmation(stage, "paid USD 100.00", "reversed", "The cheque bounced")
    channel = stage.slack.workspace.channel("#payments")
    wait_for(lambda: [m for m in channel.thread(told) if "reversed" in m.text], "reply")
    assert "Paid or credited" not in page(link)
    assert ledger_row(stage, "invoices", number="INV-1057")["balance"] == whole


def test_a_void_invoice_is_friendly_and_a_begun_checkout_ends(stage: Stage) -> None:
    send_invoice(stage, SALLY, "INV-1045")
    link = link_in(stage, mail_about(stage, "INV-1045"))
    begun = loopback.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    assert begun.status_code == httpx2.codes.SEE_OTHER
    carl = stage.person(CARL)
    carl.command("/pay", "void INV-1045", channel="#payments")
    carl.modal.fill("Reason", "Delivered to another shop")
    carl.modal.submit()
    assert "can no longer be finished" in carl.modal.text()
    assert carl.modal.submit().ok
    confirmation(stage, "INV-1045", "was voided by")
    card_of(stage, SALLY, "INV-1045", "Void")
    assert "INV-1045 was cancelled" in page(link)
    refused = loopback.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    assert refused.status_code == httpx2.codes.CONFLICT
    assert ledger_row(stage, "invoices", number="INV-1045")["status"] == "void"

"""Money that goes back: refunded from Slack or in Stripe's Dashboard, disputed and won."""

import httpx2
import pytest

from bot.sandbox.demo.stage import Stage
from bot.sandbox.slack.messages import Message
from tests.journeys.conftest import (
    CARL,
    MARA,
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

ANNA = "U01ANNA"
pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True, scope="module")


def paid(stage: Stage, number: str) -> str:
    """Mail the invoice and pay it by card; the link."""
    send_invoice(stage, SALLY, number)
    link = link_in(stage, mail_about(stage, number))
    pressed = httpx2.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    session = str(pressed.headers["Location"]).rpartition("/")[2].partition("#")[0]
    stage.stripe.pay(session, email="books@payer.test")
    wait_for(lambda: posts(stage, number, "paid"), "confirmation")
    return link


def payment_of(stage: Stage, number: str) -> str:
    [row] = [p for p in ledger_of(stage)["payments"] if number in str(p["allocations"])]
    return str(row["id"])


def balance(stage: Stage, number: str) -> int:
    return int(ledger_row(stage, "invoices", number=number)["balance"])


def ask(stage: Stage, who: str, number: str, amount: str, button: str) -> None:
    """Type the command, fill the form, look at the effect, send it."""
    person = stage.person(who)
    answer = person.command("/pay", f"refund {number}", channel="#payments")
    assert answer.trouble is None, answer
    person.modal.fill("Amount", amount)
    person.modal.fill("Note", "Box 3 was frozen")
    submitted = person.modal.submit()
    assert not submitted.errors, submitted.errors
    assert number in person.modal.text()
    assert person.modal.submit_text == button
    person.modal.submit()
    assert not person.has_modal


def test_an_admin_refunds_part_of_a_payment(stage: Stage) -> None:
    link = paid(stage, "INV-1072")
    ask(stage, ANNA, "INV-1072", "10.00", "Refund")
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1072"), "post about the refund")
    assert "Box 3 was frozen" in post.visible_text()
    assert "10.00 to pay now" in post.visible_text()
    card = card_of(stage, SALLY, "INV-1072", "Partly refunded")
    own = stage.slack.workspace.direct_messages(SALLY)
    wait_for(lambda: [m for m in own.thread(card) if "refunded" in m.text], "note in the thread")
    mail = mail_about(stage, "Refund from Bloom Wholesale", "10.00")
    assert mail.sent_to("books@payer.test")
    assert "INV-1072" in mail.text
    assert balance(stage, "INV-1072") == 1000
    assert "10.00" in httpx2.get(link, timeout=PATIENCE_SECONDS).text
    paid_by = payment_of(stage, "INV-1072")
    made = stage.stripe.books.all("refund")
    assert [row["amount"] for row in made if row["payment_intent"] == paid_by] == [1000]


def test_a_cashier_asks_and_a_sales_manager_approves(stage: Stage) -> None:
    paid(stage, "INV-1068")
    ask(stage, CARL, "INV-1068", "5.00", "Ask for approval")
    request = card_of(stage, MARA, "Refund USD 5.00")
    assert "Review" in request.visible_text()
    own = stage.person(CARL)
    refused = own.press(wait_for(lambda: posts(stage, "asks", "5.00"), "request")[0], "Review")
    assert refused.trouble is None
    assert not own.has_modal or own.modal.submit_text != "Decide"

    mara = stage.person(MARA)
    mara.press(request, "Review")
    assert "Box 3 was frozen" in mara.modal.text()
    mara.modal.pick("Decision", "Approve")
    mara.modal.submit()
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1068"), "post about the refund")
    assert f"<@{MARA}>" in f"{post.text}{post.blocks}"
    done = card_of(stage, MARA, "Refund USD 5.00", "done")
    assert "Review" not in done.visible_text()
    card_of(stage, CARL, "has approved")
    assert ledger_row(stage, "approvals", requested_by=CARL)["status"] == "done"
    assert balance(stage, "INV-1068") == 500


def test_a_refund_in_the_dashboard_arrives(stage: Stage) -> None:
    paid(stage, "INV-1061")
    before = ledger_row(stage, "invoices", number="INV-1061")
    stage.stripe.refund(payment_of(stage, "INV-1061"))
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1061"), "post about the refund")
    assert "Stripe's Dashboard" in post.visible_text()
    after = ledger_row(stage, "invoices", number="INV-1061")
    assert (after["balance"], after["status"]) == (before["total"], "open")
    card_of(stage, SALLY, "INV-1061", "Refunded")


def test_a_dispute_is_opened_taken_and_won(stage: Stage) -> None:
    link = paid(stage, "INV-1067")
    total = ledger_row(stage, "invoices", number="INV-1067")["total"]
    payment = payment_of(stage, "INV-1067")
    dispute = stage.stripe.dispute(payment, "product_not_received")

    def post() -> Message | None:
        return next(iter(posts(stage, "disputes", "INV-1067", "goods did not arrive")), None)

    shown = wait_for(post, "post about the dispute")
    wait_for(lambda: balance(stage, "INV-1067") == total, "balance that is open again")
    assert ledger_row(stage, "payments", id=payment)["disputed"] == total
    stage.person(MARA).press(shown, "Take it")
    wait_for(lambda: "Taken by" in (post() or shown).visible_text(), "owner")
    card_of(stage, SALLY, "INV-1067", "Disputed")
    page = httpx2.get(link, timeout=PATIENCE_SECONDS).text
    assert "in dispute" in page
    assert "<form" not in page
    refused = httpx2.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    assert refused.status_code != httpx2.codes.SEE_OTHER

    stage.stripe.win_dispute(dispute["id"])
    wait_for(lambda: balance(stage, "INV-1067") == 0, "balance that is closed again")
    wait_for(lambda: posts(stage, "INV-1067", "Won"), "post that says so")
    card_of(stage, SALLY, "INV-1067", "Paid")
    assert "paid" in httpx2.get(link, timeout=PATIENCE_SECONDS).text.lower()

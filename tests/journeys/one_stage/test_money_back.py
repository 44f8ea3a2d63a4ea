"""Money that goes back: refunded from Slack or in Stripe's Dashboard, disputed and won."""

import httpx2

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from bot.sandbox.slack.messages import Message
from tests.journeys.conftest import (
    ANNA,
    CARL,
    MARA,
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_row,
    mail_about,
    paid,
    payment_of,
    posts,
    wait_for,
)


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
    link = paid(stage, "INV-1062")
    ask(stage, ANNA, "INV-1062", "10.00", "Refund")
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1062"), "post about the refund")
    assert "Box 3 was frozen" in post.visible_text()
    assert "10.00 to pay now" in post.visible_text()
    card = card_of(stage, SALLY, "INV-1062", "Partly refunded")
    own = stage.slack.workspace.direct_messages(SALLY)
    wait_for(lambda: [m for m in own.thread(card) if "refunded" in m.text], "note in the thread")
    mail = mail_about(stage, "Refund from Bloom Wholesale", "10.00")
    assert mail.sent_to("books@payer.test")
    assert "INV-1062" in mail.text
    assert balance(stage, "INV-1062") == 1000
    assert "10.00" in loopback.get(link, timeout=PATIENCE_SECONDS).text
    paid_by = payment_of(stage, "INV-1062")
    made = stage.stripe.books.all("refund")
    assert [row["amount"] for row in made if row["payment_intent"] == paid_by] == [1000]


def test_a_cashier_asks_and_a_sales_manager_approves(stage: Stage) -> None:
    paid(stage, "INV-1070")
    ask(stage, CARL, "INV-1070", "5.00", "Ask for approval")
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
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1070"), "post about the refund")
    assert f"<@{MARA}>" in f"{post.text}{post.blocks}"
    done = card_of(stage, MARA, "Refund USD 5.00", "done")
    assert "Review" not in done.visible_text()
    card_of(stage, CARL, "has approved")
    assert ledger_row(stage, "approvals", requested_by=CARL)["status"] == "done"
    assert balance(stage, "INV-1070") == 500


def test_a_refund_in_the_dashboard_arrives(stage: Stage) -> None:
    paid(stage, "INV-1054")
    before = ledger_row(stage, "invoices", number="INV-1054")
    stage.stripe.refund(payment_of(stage, "INV-1054"))
    [post] = wait_for(lambda: posts(stage, "was refunded", "INV-1054"), "post about the refund")
    assert "Stripe's Dashboard" in post.visible_text()
    after = ledger_row(stage, "invoices", number="INV-1054")
    assert (after["balance"], after["status"]) == (before["total"], "open")
    card_of(stage, SALLY, "INV-1054", "Refunded")


def test_a_dispute_is_opened_taken_and_won(stage: Stage) -> None:
    link = paid(stage, "INV-1065")
    total = ledger_row(stage, "invoices", number="INV-1065")["total"]
    payment = payment_of(stage, "INV-1065")
    dispute = stage.stripe.dispute(payment, "product_not_received")

    def post() -> Message | None:
        return next(iter(posts(stage, "disputes", "INV-1065", "goods did not arrive")), None)

    shown = wait_for(post, "post about the dispute")
    wait_for(lambda: balance(stage, "INV-1065") == total, "balance that is open again")
    assert ledger_row(stage, "payments", id=payment)["disputed"] == total
    stage.person(MARA).press(shown, "Take it")
    wait_for(lambda: "Taken by" in (post() or shown).visible_text(), "owner")
    card_of(stage, SALLY, "INV-1065", "Disputed")
    page = loopback.get(link, timeout=PATIENCE_SECONDS).text
    assert "in dispute" in page
    assert "<form" not in page
    refused = loopback.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    assert refused.status_code != httpx2.codes.SEE_OTHER

    stage.stripe.win_dispute(dispute["id"])
    wait_for(lambda: balance(stage, "INV-1065") == 0, "balance that is closed again")
    wait_for(lambda: posts(stage, "INV-1065", "Won"), "post that says so")
    card_of(stage, SALLY, "INV-1065", "Paid")
    assert "paid" in loopback.get(link, timeout=PATIENCE_SECONDS).text.lower()

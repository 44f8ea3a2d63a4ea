"""The payments account: fees and payouts in the books, what differs, and when it takes no money."""

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage, StageError
from commands.export_payments import service as export_payments
from tests.journeys.conftest import (
    ANNA,
    PATIENCE_SECONDS,
    SALLY,
    books_of,
    drop,
    ledger_row,
    link_in,
    mail_about,
    paid,
    payment_of,
    posts,
    press,
    send_invoice,
    wait_for,
)

pytestmark = pytest.mark.parametrize(
    "stage", ["sqlite", "postgresql"], indirect=True, scope="module"
)


def compare(stage: Stage, *, nights: int) -> None:
    """So many nights from now, with all that happened so far: Stripe tells whole seconds only."""
    time.sleep(1)
    night = datetime.now(UTC) + timedelta(days=nights)
    stage.verb("run-due", "--now", night.isoformat())


def exported(stage: Stage, payment: str) -> list[tuple[str, str, str, bool]]:
    """Invoice, amount, fee, and whether it is paid out, as `export-payments` prints them."""
    text, timezone = io.StringIO(), ZoneInfo(stage.settings["COMPANY_TIMEZONE"])
    export_payments.write(books_of(stage), text, since=None, timezone=timezone)
    rows = csv.DictReader(io.StringIO(text.getvalue()))
    own = [row for row in rows if row["payment"] == payment]
    return [(r["invoice"], r["amount applied"], r["fee"], bool(r["payout"])) for r in own]


def account(stage: Stage) -> str:
    anna = stage.person(ANNA)
    answer = anna.command("/pay", "account", channel="#payments")
    assert answer.trouble is None, answer
    return anna.modal.text()


def test_others_are_told_whom_to_ask(stage: Stage) -> None:
    answer = stage.person(SALLY).command("/pay", "account", channel="#payments")
    assert f"<@{ANNA}>" in str(answer)


def test_fees_and_payouts_reach_the_export(stage: Stage) -> None:
    paid(stage, "INV-1072")
    payment = payment_of(stage, "INV-1072")
    wait_for(lambda: exported(stage, payment)[0][2], "fee, told by a webhook")
    assert exported(stage, payment) == [("INV-1072", "498.10", "14.74", False)]
    stage.stripe.refund(payment, 500)
    wait_for(lambda: posts(stage, "was refunded", "INV-1072"), "post about the refund")
    stage.stripe.pay_out()
    compare(stage, nights=1)
    assert exported(stage, payment) == [
        ("INV-1072", "498.10", "14.74", True),
        ("INV-1072", "-5.00", "", True),
    ]
    assert "all agrees" in account(stage)
    assert not posts(stage, "do not agree")


def test_what_differs_is_one_notice_and_mends_nothing(stage: Stage) -> None:
    payment = payment_of(stage, "INV-1072")
    stage.stripe.deliver_events("never")
    with stage.stripe.books.lock:
        refund = stage.stripe.refund(payment, 700)
        stage.stripe.forget_events()
    stage.stripe.deliver_events("normal")
    before = ledger_row(stage, "payments", id=payment)
    compare(stage, nights=2)
    compare(stage, nights=2)
    [post] = wait_for(lambda: posts(stage, "do not agree"), "notice")
    assert "1 difference" in post.text
    assert refund["id"] in post.visible_text()
    assert "in Stripe, not in the ledger" in post.visible_text()
    assert ledger_row(stage, "payments", id=payment) == before
    assert "1 difference" in account(stage)
    assert refund["id"] in account(stage)


def test_while_it_takes_no_money_documents_go_without_link_and_then_again_with_it(
    stage: Stage,
) -> None:
    send_invoice(stage, SALLY, "INV-1068")
    link = link_in(stage, mail_about(stage, "INV-1068"))
    stage.stripe.restrict_account()
    [notice] = wait_for(lambda: posts(stage, "cannot take money now"), "notice")
    assert "the company's tax ID" in notice.visible_text()
    shown = account(stage)
    assert "Restricted" in shown
    assert "a bank account for payouts" in shown
    page = loopback.get(link, timeout=PATIENCE_SECONDS).text
    assert "not available just now" in page
    assert "+1 206 555 0100" in page
    assert "<form" not in page
    sally = stage.person(SALLY)
    sally.command("/pay", "invoice INV-1061", channel="#payments")
    assert "cannot take money now" in sally.modal.text()
    sally.modal.submit()
    assert "/pay/" not in mail_about(stage, "INV-1061").text
    drop(stage, "INV-3001", "C1001", "1", "10.00")
    assert "/pay/" not in mail_about(stage, "INV-3001").text

    stage.stripe.unrestrict_account()
    wait_for(lambda: posts(stage, "can take money again"), "notice")
    assert "Active" in account(stage)
    stage.stripe.pay(press(link, "card"), email="ap@payer.test")
    wait_for(lambda: posts(stage, "INV-1068", "paid"), "confirmation")
    assert ledger_row(stage, "invoices", number="INV-1068")["status"] == "paid"


def test_another_mode_does_not_start_on_these_books(stage: Stage) -> None:
    for verb in ("run-due", "web"):
        with pytest.raises(StageError, match="STRIPE_API_KEY: it is a live key"):
            stage.verb(verb, STRIPE_API_KEY="sk_live_1", STRIPE_API_BASE="")
    with pytest.raises(StageError, match="STRIPE_API_BASE: must not be set together"):
        stage.verb("run-due", STRIPE_API_KEY="rk_live_1")

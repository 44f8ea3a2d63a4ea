"""From the command to the confirmation, over real wires."""

from pathlib import Path

import httpx2

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import (
    CARL,
    MARA,
    NORA,
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_of,
    ledger_row,
    link_in,
    links_in,
    mail_about,
    mails_about,
    posts,
    press,
    save,
    send_invoice,
    wait_for,
)


def test_an_invoice_is_paid_by_card_and_everybody_hears_of_it(stage: Stage, tmp_path: Path) -> None:
    send_invoice(stage, SALLY, "INV-1072", Email_addresses="Robin <robin@blueiris.test>")
    mail = mail_about(stage, "INV-1072")
    assert mail.subject.startswith("Invoice INV-1072 from Bloom Wholesale – USD ")
    assert mail.sent_to("robin@blueiris.test")
    assert mail.sent_to("ap@blueiris.test")
    assert "sally@bloom-wholesale.test" in mail.message["Reply-To"]
    link = link_in(stage, mail)
    assert link in links_in(save(mail, tmp_path))

    page = loopback.get(link, timeout=PATIENCE_SECONDS)
    assert "Blue Iris Florist" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    stage.stripe.pay(press(link, "card", reference="book 12"), email="robin@blueiris.test")

    wait_for(lambda: posts(stage, "INV-1072", "paid"), "confirmation")
    card = card_of(stage, SALLY, "INV-1072", "Paid")
    own = stage.slack.workspace.direct_messages(SALLY)
    wait_for(lambda: [m for m in own.thread(card) if "paid" in m.text], "reply in the thread")
    receipt = mail_about(stage, "Receipt", "INV-1072")
    assert receipt.sent_to("robin@blueiris.test")
    assert "4242" in receipt.text
    assert "book 12" in receipt.text
    assert ledger_row(stage, "invoices", number="INV-1072")["status"] == "paid"
    assert len(posts(stage, "INV-1072", "paid")) == 1
    assert "paid" in loopback.get(link, timeout=PATIENCE_SECONDS).text.lower()


def test_events_told_again_and_again_are_one_payment(stage: Stage) -> None:
    send_invoice(stage, MARA, "INV-1068")
    link = link_in(stage, mail_about(stage, "INV-1068"))
    stage.stripe.pay(press(link, "card"))
    wait_for(lambda: posts(stage, "INV-1068", "paid"), "confirmation")
    for event in list(stage.stripe.events):
        stage.stripe.redeliver(event["id"])
    assert stage.stripe.wait_delivered()
    mail_about(stage, "Receipt", "INV-1068")
    payments = [p for p in ledger_of(stage)["payments"] if "INV-1068" in str(p["allocations"])]
    assert len(payments) == 1
    assert len(posts(stage, "INV-1068", "paid")) == 1
    assert len(mails_about(stage, "Receipt", "INV-1068")) == 1


def test_a_bank_debit_that_comes_back_leaves_the_invoice_open(stage: Stage) -> None:
    send_invoice(stage, SALLY, "INV-1058")
    link = link_in(stage, mail_about(stage, "INV-1058"))
    session = press(link, "us_bank_account")
    stage.stripe.pay(session, method="us_bank_account")
    wait_for(lambda: posts(stage, "INV-1058", "xpected"), "notice of the bank debit")
    during = ledger_row(stage, "invoices", number="INV-1058")
    assert (during["status"], during["pending"]) == ("open", during["balance"])
    refused = loopback.post(link, data={"method": "card"}, timeout=PATIENCE_SECONDS)
    assert refused.status_code == httpx2.codes.CONFLICT

    stage.stripe.fail(session)
    wait_for(lambda: posts(stage, "INV-1058", "failed"), "notice of the failure")
    after = ledger_row(stage, "invoices", number="INV-1058")
    assert (after["status"], after["pending"]) == ("open", 0)
    assert press(link, "card")


def test_not_ticked_means_the_same_mail_without_a_link(stage: Stage, tmp_path: Path) -> None:
    sally = stage.person(SALLY)
    sally.command("/pay", "invoice INV-1047", channel="#payments")
    sally.modal.untick("Payment Link")
    sally.modal.submit()
    mail = mail_about(stage, "INV-1047")
    assert "/pay/" not in mail.text + mail.html
    assert not [uri for uri in links_in(save(mail, tmp_path)) if "/pay/" in uri]
    assert not [row for row in ledger_of(stage)["links"] if "INV-1047" in row["invoices"]]


def test_undo_while_held_means_nothing_leaves(stage: Stage) -> None:
    send_invoice(stage, SALLY, "INV-1067")
    stage.person(SALLY).press(card_of(stage, SALLY, "INV-1067"), "Undo")
    card_of(stage, SALLY, "INV-1067", "ndone")
    row = next(r for r in ledger_of(stage)["deliveries"] if r["status"] == "cancelled")
    assert row["kind"] == "email"
    assert mails_about(stage, "INV-1067") == []


def test_a_replayed_submission_mails_nobody_twice(stage: Stage) -> None:
    send_invoice(stage, CARL, "INV-1061")
    person = stage.person(CARL)
    for _ in range(3):
        assert person.replay().status == httpx2.codes.OK
    mail_about(stage, "INV-1061")
    card_of(stage, CARL, "INV-1061", "books@omalleys.test")
    assert len(mails_about(stage, "INV-1061")) == 1


def test_somebody_without_a_role_changes_nothing_and_leaves_a_trace(stage: Stage) -> None:
    answer = stage.person(NORA).command("/pay", "invoice INV-1073", channel="#payments")
    assert not stage.person(NORA).has_modal
    assert answer.shown
    assert ledger_row(stage, "audit", actor=NORA)["outcome"] == "denied"

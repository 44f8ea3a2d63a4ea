"""From a file in a folder to money in the ledger, with nobody at the keyboard."""

from pathlib import Path

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import (
    PATIENCE_SECONDS,
    drop,
    ledger_of,
    ledger_row,
    link_in,
    links_in,
    mail_about,
    mails_about,
    posts,
    press,
    save,
    wait_for,
)


def test_a_dropped_file_becomes_a_mail_a_payment_and_a_report(stage: Stage, tmp_path: Path) -> None:
    drop(stage, "INV-2001", "C1001", "1", "480.00")
    mail = mail_about(stage, "INV-2001")
    assert mail.subject.startswith("Invoice INV-2001 from Bloom Wholesale – USD 480.00 due ")
    assert mail.sent_to("ap@blueiris.test")
    assert "sally@bloom-wholesale.test" in mail.message["Reply-To"]
    link = link_in(stage, mail)
    assert link in links_in(save(mail, tmp_path))
    wait_for(lambda: posts(stage, "Automatic invoices", "1 mailed"), "report")

    drop(stage, "INV-2001", "C1001", "2", "450.00")
    corrected = mail_about(stage, "Corrected invoice INV-2001", "USD 450.00")
    assert link_in(stage, corrected) == link
    assert "USD 450.00" in loopback.get(link, timeout=PATIENCE_SECONDS).text

    stage.stripe.pay(press(link, "card"), email="ap@blueiris.test")
    wait_for(lambda: posts(stage, "INV-2001", "paid"), "confirmation")
    row = ledger_row(stage, "invoices", number="INV-2001")
    assert (row["status"], row["total"], row["allocated"]) == ("paid", 45000, 45000)
    assert len(mails_about(stage, "nvoice INV-2001")) == 2
    stage.verb("run-due")  # the first report waited for the clock
    wait_for(lambda: len(posts(stage, "Automatic invoices")) == 2, "second report")
    assert not list(stage.import_dir.glob("*.csv"))
    assert len(list(stage.import_dir.glob("done/*/invoices.csv"))) == 2


def test_the_books_that_were_there_before_are_not_mailed(stage: Stage) -> None:
    automatic = [row for row in ledger_of(stage)["deliveries"] if row["key"].startswith("auto-")]
    assert {row["key"].split(":")[1] for row in automatic} <= {"INV-2001"}


def test_a_file_that_is_refused_is_told_in_the_channel(stage: Stage) -> None:
    drop(stage, "INV-2002", "C9999", "1", "480.00")
    [said] = wait_for(lambda: posts(stage, "unattended import failed"), "notice")
    assert "invoices.csv, line 2, customer_id" in said.visible_text()
    [report] = stage.import_dir.glob("failed/*/report.txt")
    assert "C9999" in report.read_text(encoding="utf-8")

"""An order typed in Slack becomes an invoice in the customer's mailbox, over real wires."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import (
    PATIENCE_SECONDS,
    SALLY,
    card_of,
    ledger_of,
    ledger_row,
    link_in,
    mail_about,
    mails_about,
    save,
)

pytestmark = pytest.mark.databases("sqlite")
LINES = "12 x Roses red 60cm @ 1.25\n3 boxes x Lilies @ 20,00 +8.25%\n\u22121 x Discount @ 5"


def acts(stage: Stage) -> list[str]:
    """What Sally has done, first to last."""
    return [row["action"] for row in ledger_of(stage)["audit"] if row["actor"] == SALLY]


def test_an_order_is_typed_reviewed_sent_and_can_be_paid(stage: Stage, tmp_path: Path) -> None:
    before = len(acts(stage))
    sally = stage.person(SALLY)
    assert sally.command("/pay", "order new blue iris", channel="#payments").trouble is None
    sally.modal.fill("PO", "7781-B")
    sally.modal.fill("Lines", LINES.replace("@ 1.25", "1.25"))
    assert "Line 1: there is no price" in sally.modal.submit().errors["Lines"]
    sally.modal.fill("Lines", LINES)
    assert sally.modal.submit().action == "push"
    assert "*Total USD 74.95*" in sally.modal.text()
    assert sally.modal.submit().action == "update"
    assert sally.replay().ok

    mail = mail_about(stage, "INV-1001")
    assert mail.subject.startswith("Invoice INV-1001 from Bloom Wholesale – USD 74.95 due ")
    assert mail.sent_to("ap@blueiris.test")
    text = "\n".join(page.extract_text() for page in PdfReader(save(mail, tmp_path)).pages)
    for shown in ("SO-1001", "7781-B", "Roses red 60cm", "Discount", "74.95"):
        assert shown in text
    page = loopback.get(link_in(stage, mail), timeout=PATIENCE_SECONDS)
    assert "74.95" in page.text
    card_of(stage, SALLY, "INV-1001", "ap@blueiris.test")
    assert len(mails_about(stage, "INV-1001")) == 1
    row = ledger_row(stage, "invoices", number="INV-1001")
    assert (row["total"], row["status"]) == (7495, "open")
    done = acts(stage)[before:]
    assert done == ["review_order"] * done.count("review_order") + [
        "create_order",
        "issue_invoice",
        "issue_link",
        "send_invoice",
    ]

"""What an import does to links that are out: checkouts end, cards change, the audit tells."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from commands import outbox
from commands.errors import NotPermitted
from commands.import_files.service import import_files
from storage import checkouts, delivery_queue, payment_links
from storage.audit import AuditEntry
from storage.checkouts import AttemptStatus, CheckoutAttempt
from storage.deliveries import Delivery
from storage.payment_links import PaymentLink
from tests.builders import ANNA, NOW
from tests.importing import CUSTOMERS, Inbox

PAID = "payment_id,customer_id,date,amount,invoice_number\nP1,C1,2026-02-20,100,INV-1\n"


def put_link_out(inbox: Inbox) -> None:
    """INV-1 was mailed with a link, its card was posted, and the customer is on Stripe's page."""
    with inbox.database.writing() as session:
        link = PaymentLink(
            id="L1",
            kind="invoice",
            subject="INV-1",
            customer_id="C1",
            currency="USD",
            salt=b"salt",
            key_id="key",
            token_sha256=b"hash",
            created_by=ANNA.id,
            created_at=NOW,
        )
        payment_links.add(session, link, ["INV-1"])
        order = outbox.InvoiceMail("D1", "INV-1", "C1", "L1", ["ap@iris.test"], ANNA.id)
        mail, _ = outbox.queue_invoice_mail(
            session, order, now=NOW, not_before=NOW, domain="bloom.test"
        )
        outbox.queue_card(session, mail, channel=ANNA.id, purpose="card", now=NOW)
        attempt = CheckoutAttempt(
            id="A1",
            link_id="L1",
            customer_id="C1",
            currency="USD",
            amount=12500,
            method="card",
            status="open",
            created_at=NOW,
            changed_at=NOW,
        )
        checkouts.add(session, attempt, {"INV-1": 12500})


def attempt_state(inbox: Inbox) -> tuple[AttemptStatus, bool]:
    with inbox.database.reading() as session:
        found = checkouts.find(session, "A1")
        assert found is not None
        return found.status, found.expire_session


def card_edits(inbox: Inbox) -> int:
    with inbox.database.reading() as session:
        return len(session.exec(select(Delivery).where(Delivery.purpose == "card_edit")).all())


def audit_of_imports(inbox: Inbox) -> list[AuditEntry]:
    with inbox.database.reading() as session:
        own = select(AuditEntry).where(AuditEntry.action == "import_files")
        return list(session.exec(own.order_by(col(AuditEntry.id))))


def test_a_payment_elsewhere_ends_the_checkout_and_changes_the_card(inbox: Inbox) -> None:
    inbox.start()
    put_link_out(inbox)
    inbox.bring(payments=PAID)
    assert attempt_state(inbox) == ("superseded", True)
    assert card_edits(inbox) == 1


def test_an_import_without_news_disturbs_nobody(inbox: Inbox) -> None:
    inbox.start()
    inbox.bring(payments=PAID)
    put_link_out(inbox)
    inbox.bring(payments=PAID)
    assert attempt_state(inbox) == ("open", False)
    assert card_edits(inbox) == 0


def test_a_refused_import_disturbs_nobody(inbox: Inbox) -> None:
    inbox.start()
    put_link_out(inbox)
    inbox.bring(payments=PAID + "P2,C1,2026-02-20,0,\n")
    assert attempt_state(inbox) == ("open", False)
    assert card_edits(inbox) == 0


def test_the_audit_tells_what_was_imported_and_what_was_not(inbox: Inbox) -> None:
    inbox.bring(customers=CUSTOMERS)
    inbox.bring(customers=CUSTOMERS + "C3,\n")
    done, refused = audit_of_imports(inbox)
    assert (done.actor, done.object, done.outcome) == ("system:import", "customers.csv", "ok")
    assert done.detail["customers"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert (refused.outcome, refused.detail["refused"]) == ("refused", 1)


def test_staff_do_not_import(inbox: Inbox) -> None:
    with pytest.raises(NotPermitted, match="You may not import files"):
        import_files(ANNA, inbox.desk, paths=[Path("customers.csv")])
    (row,) = audit_of_imports(inbox)
    assert row.outcome == "denied"


def test_no_delivery_is_made_for_invoices_that_nobody_sent(inbox: Inbox) -> None:
    inbox.start()
    with inbox.database.reading() as session:
        assert delivery_queue.count_unfinished(session) == {"queued": 0, "sending": 0}


def test_disabling_payment_links_ends_the_checkout_that_was_begun(inbox: Inbox) -> None:
    inbox.start()
    put_link_out(inbox)
    inbox.bring(customers="customer_id,name,payment_links_enabled\nC1,Blue Iris Florist,false\n")
    assert attempt_state(inbox) == ("superseded", True)

"""The export is a public format: this is it, letter by letter."""

import json
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from commands import outbox
from commands.export_ledger.service import ledger
from storage import approvals, checkouts, payment_links, payments
from storage.approvals import Approval
from storage.audit import AuditEntry
from storage.checkouts import CheckoutAttempt
from storage.database import Database
from storage.invoices import Invoice
from storage.payment_links import LinkState, PaymentLink
from storage.payments import Payment
from tests.builders import ANNA, NOW, add_customer, add_invoice

GOLDEN = Path(__file__).with_name("ledger.json")


def add_link(session: Session, link_id: str, *numbers: str, state: LinkState = "active") -> None:
    link = PaymentLink(
        id=link_id,
        kind="invoice",
        subject=numbers[0],
        customer_id="C1",
        currency="USD",
        state=state,
        salt=b"secret salt",
        key_id=link_id,
        token_sha256=link_id.encode(),
        created_by=ANNA.id,
        created_at=NOW,
    )
    payment_links.add(session, link, list(numbers))
    session.flush()


def add_payment(session: Session, payment_id: str, amount: int, currency: str = "USD") -> Payment:
    row = Payment(
        id=payment_id,
        customer_id="C1",
        currency=currency,
        amount=amount,
        status="succeeded",
        source="gateway",
        method="card",
        received_on=NOW.date(),
        recorded_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def add_pending(session: Session, number: str, amount: int) -> None:
    attempt = CheckoutAttempt(
        id="A1",
        link_id="L2",
        customer_id="C1",
        currency="USD",
        amount=amount,
        method="us_bank_account",
        status="processing",
        created_at=NOW,
        changed_at=NOW,
    )
    checkouts.add(session, attempt, {number: amount})


@pytest.fixture
def full(database: Database) -> Database:
    """One of everything."""
    with database.writing() as session:
        add_customer(session)
        add_customer(session, "C2", name="Red Poppy", payment_links_enabled=False, currency="EUR")
        paid, half = add_invoice(session, "INV-1"), add_invoice(session, "INV-2")
        credit = add_invoice(session, "CR-1", total=-2500)
        add_invoice(session, "INV-3", lifecycle="void")
        for link_id, number in (("L1", "INV-1"), ("L2", "INV-2"), ("L3", "INV-3")):
            add_link(session, link_id, number)
        add_link(session, "L4", "INV-1", state="off")
        payments.allocate(session, add_payment(session, "pi_1", 20000), paid, 12500)
        payments.allocate(session, add_payment(session, "pi_2", 5000), half, 5000)
        add_payment(session, "pi_3", 700, "EUR")
        payments.apply_credit(session, credit, half, 1000)
        add_pending(session, "INV-2", 6500)
        order = outbox.InvoiceMail("D1", "INV-1", "C1", "L1", ["ap@iris.test"], ANNA.id)
        mail, _ = outbox.queue_invoice_mail(
            session, order, now=NOW, not_before=NOW, domain="bloom.test"
        )
        mail.message_id = "<1@bloom.test>"
        session.add(mail)
        request = Approval(
            id="R1",
            kind="refund",
            requested_by=ANNA.id,
            customers=1,
            invoices=2,
            totals={"USD": 120000},
            content={},
            content_hash="0",
            created_at=NOW,
            expires_at=NOW,
        )
        approvals.add(session, request)
        session.add(
            AuditEntry(at=NOW, actor=ANNA.id, role="Admin", action="send_invoice", outcome="ok")
        )
    return database


def test_the_export_is_as_the_contract_draws_it(full: Database) -> None:
    assert ledger(full) == json.loads(GOLDEN.read_text())


def test_it_holds_no_salt_and_no_hash(full: Database) -> None:
    text = json.dumps(ledger(full))
    assert "secret salt" not in text
    assert "token" not in text


def test_an_empty_ledger_has_every_list(database: Database) -> None:
    lists = "customers invoices payments links deliveries statements approvals audit".split()
    assert ledger(database) == {name: [] for name in lists}


def test_the_number_of_questions_does_not_grow_with_the_ledger(full: Database) -> None:
    before = _questions(full)
    with full.writing() as session:
        for number in range(50):
            add_invoice(session, f"MORE-{number}")
            add_link(session, f"MORE-{number}", f"MORE-{number}")
    assert _questions(full) == before


def _questions(database: Database) -> int:
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    with database.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    ledger(database)
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_a_paid_invoice_has_no_balance(full: Database) -> None:
    with full.reading() as session:
        invoice = session.get(Invoice, "INV-1")
        assert invoice is not None
        assert invoice.balance.minor == 0

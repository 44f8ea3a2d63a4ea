"""A statement reads its own account alone, and each row of it once."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from storage import account_entries, credit_uses, disputes, invoices, statements
from storage.database import Database
from storage.invoices import Invoice
from storage.payments import Payment, PaymentAllocation
from tests.builders import NOW, add_customer
from tests.storage.test_order_plans import noted, plan, scans

TODAY = date(2026, 3, 10)
NUMBERS = [f"INV-{n}" for n in range(0, 900, 100)]
WHOSE = ("C0", "USD")
QUESTIONS: dict[str, Callable[[Session], object]] = {
    "entries": lambda s: account_entries.entries(s, *WHOSE, lambda instant: instant.date()),
    "laid": lambda s: account_entries.laid_by(s, *WHOSE, TODAY),
    "credited": lambda s: account_entries.credited_by(s, *WHOSE, TODAY),
    "currencies": lambda s: account_entries.currencies(s, "C0"),
    "owing": lambda s: account_entries.owing(s, ["C0", "C1", "C2"]),
    "statements": lambda s: statements.of_account(s, *WHOSE),
    "what they listed": lambda s: statements.accounted(s, ["st_1", "st_2"]),
    "balances": lambda s: invoices.balances(s, NUMBERS),
    "under way": lambda s: credit_uses.under_way(s, NUMBERS),
    "credit": lambda s: credit_uses.there_and_promised(s, *WHOSE),
    "disputed": lambda s: disputes.open_invoice_numbers(s, NUMBERS),
}


def an_invoice(n: int) -> dict[str, Any]:
    return {
        "number": f"INV-{n}",
        "customer_id": f"C{n % 100}",
        "issue_date": TODAY - timedelta(days=n % 150),
        "due_date": TODAY,
        "currency": "USD",
        "net": 700,
        "tax": 0,
        "total": 700,
        "allocated": 700,
        "recorded_at": NOW,
    }


def a_payment(n: int) -> dict[str, Any]:
    return {
        "id": f"pay_{n}",
        "customer_id": f"C{n % 100}",
        "currency": "USD",
        "amount": 700,
        "allocated": 700,
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": TODAY,
        "recorded_at": NOW,
    }


@pytest.fixture(params=[False, True], ids=["not analysed", "analysed"])
def filled(database: Database, request: pytest.FixtureRequest) -> Database:
    with database.writing() as session:
        for n in range(100):
            add_customer(session, f"C{n}")
        session.execute(insert(Invoice), [an_invoice(n) for n in range(3000)])
        session.execute(insert(Payment), [a_payment(n) for n in range(3000)])
        parts = [
            {"payment_id": f"pay_{n}", "invoice_number": f"INV-{n}", "amount": 700}
            for n in range(3000)
        ]
        session.execute(insert(PaymentAllocation), parts)
    if request.param:
        with database.writing() as session:
            session.connection().execute(text("ANALYZE"))
    return database


def steps(session: Session, question: str) -> list[str]:
    with noted(session) as asked:
        QUESTIONS[question](session)
        said = list(asked)
    assert said, question
    return [plan(session, statement, values) for statement, values in said]


def test_no_table_is_read_whole(filled: Database) -> None:
    for question in QUESTIONS:  # filled once for all: it takes a second
        with filled.reading() as session:
            found = [step for each in steps(session, question) for step in scans(each)]
        assert [step for step in found if step != "SCAN CONSTANT ROW"] == [], question


@pytest.mark.databases("sqlite")  # the other one has joins that do not grow so
def test_an_account_is_not_read_again_for_each_of_its_payments(filled: Database) -> None:
    for question in ("laid", "credited"):
        with filled.reading() as session:
            [found] = steps(session, question)
        by_customer = re.findall(r"^SEARCH .*\(customer_id=\?", found, re.MULTILINE)
        assert len(by_customer) == 1, found

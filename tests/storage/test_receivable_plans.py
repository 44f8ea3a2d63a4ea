"""Aging and Open Invoices never read all invoices: those that are paid may be millions."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from storage import balance_keeping, customers, receivables
from storage.database import Database
from storage.invoices import Invoice
from storage.money import Money
from storage.receivables import Filters
from tests.builders import NOW, SALLY, a_customer, add_customers
from tests.storage.books import add_dispute, add_payment
from tests.storage.test_order_plans import noted, plan, scans

TODAY = date(2026, 3, 10)
FILTERS: dict[str, Filters] = {
    "none": Filters(),
    "bucket": Filters(bucket="over_90"),
    "minimum": Filters(minimum=Money(500, "USD")),
    "representative": Filters(sales_rep=SALLY.id),
    "group": Filters(group="G1"),
    "name": Filters(text="iris"),
    "due": Filters(due_after=TODAY - timedelta(days=9), due_before=TODAY),
    "customers": Filters(customer_ids=("C1", "C2"), currency="USD"),
}
Question = Callable[[Session, Filters], object]
QUESTIONS: dict[str, Question] = {
    "customers": lambda s, f: receivables.customers_with_balance(s, TODAY, f, limit=8),
    "largest": lambda s, f: receivables.customers_with_balance(
        s, TODAY, f, limit=8, order="largest"
    ),
    "a day later": lambda s, f: receivables.balance_totals(s, TODAY + timedelta(days=1), f),
    "totals": lambda s, f: receivables.balance_totals(s, TODAY, f),
    "every": lambda s, f: list(receivables.every_balance(s, TODAY, f)),
    "open invoices": lambda s, f: receivables.open_invoices(s, TODAY, f, limit=50),
    "by customer": lambda s, f: receivables.open_invoices(s, TODAY, f, limit=50, order="customer"),
    "numbers": lambda s, f: list(receivables.open_invoice_numbers(s, TODAY, f)),
    "invoice totals": lambda s, f: receivables.open_invoice_totals(s, TODAY, f),
    "how many customers": lambda s, f: receivables.count_customers(s, TODAY, f),
}
LARGE = ("invoices", "payments")


def an_invoice(n: int) -> dict[str, Any]:
    return {
        "number": f"INV-{n}",
        "customer_id": f"C{n % 100}",
        "issue_date": TODAY - timedelta(days=n % 150),
        "due_date": TODAY - timedelta(days=n % 150 - 30),
        "currency": "USD",
        "net": 700,
        "tax": 0,
        "total": 700,
        "allocated": 0 if n % 5 == 0 else 700,
        "recorded_at": NOW,
    }


def fill(database: Database, *, is_kept: bool, is_analysed: bool) -> None:
    with database.writing() as session:
        florists = [a_customer(f"C{n}", group=f"G{n % 5}", sales_rep=SALLY.id) for n in range(100)]
        add_customers(session, florists, emails=())
        session.execute(insert(Invoice), [an_invoice(n) for n in range(3000)])
        money = [add_payment(session, f"pay_{n}", amount=50, customer_id="C1") for n in range(9)]
        add_dispute(session, money[0], {"INV-5": 40}, "needs_response")
    with database.writing() as session:
        if is_kept:
            balance_keeping.keep_ended(session, TODAY, 1000)
        if is_analysed:
            session.connection().execute(text("ANALYZE"))


def read_whole(session: Session, ask: Callable[[], object]) -> list[str]:
    """The large tables that are read from end to end, with the statements that do."""
    with noted(session) as asked:
        ask()
        statements = list(asked)
    assert statements
    return [
        f"{step}: {statement}"
        for statement, values in statements
        for step in scans(plan(session, statement, values))
        if any(table in step.split() for table in LARGE)
    ]


@pytest.mark.parametrize(("is_kept", "is_analysed"), [(False, False), (True, False), (True, True)])
def test_no_question_reads_every_invoice(
    database: Database, *, is_kept: bool, is_analysed: bool
) -> None:
    fill(database, is_kept=is_kept, is_analysed=is_analysed)  # once for all: it takes a second
    for question, ask in QUESTIONS.items():
        for name, filters in FILTERS.items():
            with database.reading() as session:
                found = read_whole(session, lambda: ask(session, filters))  # noqa: B023 -- asked at once
            assert found == [], (question, name)


def test_what_a_filter_offers_is_read_from_an_index(database: Database) -> None:
    fill(database, is_kept=False, is_analysed=True)
    for ask in (customers.groups, customers.sales_reps):
        with database.reading() as session, noted(session) as asked:
            ask(session)
            statements = list(asked)
            steps = [
                step for said, bound in statements for step in scans(plan(session, said, bound))
            ]
        assert not [step for step in steps if "customers" in step]

"""What is kept of balances is always what the documents say: after every change, on every day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlmodel import Session, col, func, select

from storage import balance_keeping, balances, receivables
from storage.database import Database
from storage.invoices import Invoice
from storage.kept_balances import KeptBalance, holds_on
from storage.payments import Payment
from tests.builders import NOW, add_customer, add_invoice
from tests.storage.books import Books, add_payment, books_of

TODAY = date(2026, 3, 10)
OLDER = (1, 31, 61, 91)  # so many days after it was due, an invoice changes its class


def keep(database: Database, today: date = TODAY) -> int:
    with database.writing() as session:
        return balance_keeping.keep_ended(session, today, 10_000)


def holding(session: Session, today: date = TODAY) -> int:
    own = select(func.count()).select_from(KeptBalance).where(holds_on(today))
    return session.exec(own).one()


def read(session: Session, today: date) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in session.execute(balances.standing(session, today))}


def computed(session: Session, today: date) -> set[tuple[Any, ...]]:
    """Straight from the documents; a customer of whom nothing is open is not among them."""
    return {tuple(row) for row in session.execute(balances.computed(today))}


def assert_equal(database: Database, today: date) -> None:
    with database.reading() as session:
        kept = {row for row in read(session, today) if any(row[3:])}
        assert kept == computed(session, today)


@pytest.fixture
def books(database: Database) -> Books:
    made = books_of(7)
    with database.writing() as session:
        made.write(session)
    return made


def test_all_is_kept_once_and_then_nothing_is_left_to_do(database: Database, books: Books) -> None:
    assert keep(database) > 30
    assert keep(database) == 0
    with database.reading() as session:
        found = receivables.customers_with_balance(session, TODAY, limit=1000)
        assert holding(session) >= len(found)
    assert {(row.customer_id, row.currency): row for row in found} == books.naive(TODAY)


def test_on_another_day_only_what_has_changed_class_is_computed(
    database: Database, books: Books
) -> None:
    keep(database)
    for day in days_about_a_change(books):
        assert_equal(database, day)
    with database.reading() as session:
        assert 0 < holding(session, TODAY + timedelta(days=1)) < holding(session)
        assert holding(session, date(2020, 1, 1)) < holding(session)


def days_about_a_change(books: Books) -> list[date]:
    """On which an invoice changes its class, and the days before; all others are like these."""
    changes = {row.due_date + timedelta(days=n) for row in books.invoices for n in OLDER}
    return sorted(changes | {day - timedelta(days=1) for day in changes})


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_in_whatever_way_ends_what_was_kept(
    database: Database, books: Books, seed: int
) -> None:
    dice, today = Random(seed), TODAY  # noqa: S311 -- test data
    for step in range(40):
        with database.writing() as session:
            dice.choice(CHANGES)(session, dice, seed * 1000 + step)
        today += timedelta(days=dice.choice([0, 0, 0, 1, 29, -15]))
        if dice.random() < 0.4:
            keep(database, today)
        assert_equal(database, today)


def pay(session: Session, dice: Random, n: int) -> None:
    invoice = an_invoice(session, dice)
    if invoice and invoice.lifecycle == "issued":
        invoice.allocated = dice.choice([0, invoice.total, invoice.total // 2])
        session.add(invoice)


def end(session: Session, dice: Random, n: int) -> None:
    invoice = an_invoice(session, dice)
    if invoice:
        invoice.lifecycle = dice.choice(["issued", "written_off"])
        session.add(invoice)


def correct(session: Session, dice: Random, n: int) -> None:
    """Set-wise, as a large import does."""
    own = (col(Invoice.customer_id) == f"C{dice.randrange(28):02}") & (col(Invoice.allocated) == 0)
    changed = update(Invoice).where(own)
    later = TODAY + timedelta(days=dice.randrange(-120, 60))
    session.execute(
        changed.values(
            due_date=later,
            net=col(Invoice.net) * 2,
            total=col(Invoice.total) * 2 - col(Invoice.rounding),
        ).where(col(Invoice.tax) == 0, col(Invoice.rounding) == 0)
    )


def move(session: Session, dice: Random, n: int) -> None:
    number = an_invoice(session, dice)
    if number:
        moved = update(Invoice).where(col(Invoice.number) == number.number)
        session.execute(
            moved.values(customer_id="C29", currency=dice.choice(["USD", "EUR", "GBP"]))
        )


def issue(session: Session, dice: Random, n: int) -> None:
    rows = [
        {
            "number": f"NEW-{n}-{k}",
            "customer_id": f"C{dice.randrange(30):02}",
            "issue_date": TODAY,
            "due_date": TODAY + timedelta(days=dice.randrange(-100, 40)),
            "currency": "USD",
            "net": 700,
            "tax": 0,
            "total": 700,
            "recorded_at": NOW,
        }
        for k in range(5)
    ]
    session.execute(insert(Invoice), rows)


def take(session: Session, dice: Random, n: int) -> None:
    add_payment(session, f"new_{n}", amount=900, customer_id=f"C{dice.randrange(30):02}")


def use(session: Session, dice: Random, n: int) -> None:
    found = session.exec(select(Payment).where(Payment.status == "succeeded")).all()
    payment = dice.choice(list(found))
    payment.allocated = dice.choice([0, payment.amount])
    payment.customer_id = payment.customer_id or "C05"
    session.add(payment)


def forget(session: Session, dice: Random, n: int) -> None:
    session.execute(delete(Payment).where(col(Payment.id) == f"new_{n - 1}"))


CHANGES = (pay, end, correct, move, issue, take, use, forget)


def an_invoice(session: Session, dice: Random) -> Invoice | None:
    return session.get(Invoice, f"INV-{dice.randrange(150)}")


@pytest.mark.databases("postgresql")
def test_a_change_under_way_is_not_overwritten_by_what_was_seen_before_it(
    database: Database,
) -> None:
    with database.writing() as session:
        add_customer(session)
        add_invoice(session)
    with database.writing() as session, ThreadPoolExecutor(1) as pool:
        assert balance_keeping.keep_ended(session, TODAY, 10) == 1
        paying = pool.submit(pay_in_part, database)
        with pytest.raises(TimeoutError):
            paying.result(timeout=0.3)  # it waits for us
        session.commit()
        paying.result(timeout=10)
    assert_equal(database, TODAY)
    assert keep(database) == 1


def pay_in_part(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE invoices SET allocated = 100"))


def test_what_changes_nothing_of_a_balance_ends_nothing(database: Database) -> None:
    with database.writing() as session:
        add_customer(session)
        add_invoice(session)
    keep(database)
    with database.writing() as session:
        session.execute(update(Invoice).values(notes="by the back door"))
    assert keep(database) == 0

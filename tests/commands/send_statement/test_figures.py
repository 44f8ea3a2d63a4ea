"""Figures of statements beside a computation of their own, on generated accounts."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import statements
from storage.statements import Statement
from tests.commands.send_statement.books import Books
from tests.conftest import Room
from tests.storage.test_order_plans import noted

AMOUNT = st.integers(1, 100_000)
AGO = st.integers(0, 45)
AT = st.integers(0, 9)
STEP: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("issue"), AMOUNT, AGO),
    st.tuples(st.just("credit"), AMOUNT, AGO),
    st.tuples(st.just("pay"), AMOUNT, AGO, AT),
    st.tuples(st.just("reverse"), AT),
    st.tuples(st.just("void"), AT),
    st.tuples(st.just("write_off"), AT),
    st.tuples(st.just("renew"), AT, AMOUNT),
    st.tuples(st.just("use_credit"), AT, AT),
    st.tuples(st.just("wait"), st.integers(1, 20)),
    st.tuples(st.just("send"), st.integers(0, 25)),
)


def do(books: Books, step: tuple[Any, ...]) -> None:
    name, *given_ = step
    match name:
        case "credit":
            books.issue(-given_[0], given_[1])
        case "void" | "write_off":
            books.end(given_[0], write_off=name == "write_off")
        case "send":
            check(books, books.send(*given_))
        case _:
            getattr(books, name)(*given_)


def check(books: Books, statement: Statement) -> None:
    items = books.items(statement)
    moved = sum(item.amount for item in items if item.section != "open")
    is_open = sum(item.open_amount for item in items if item.section == "open")
    assert statement.closing_balance == books.owed(statement.period_end)
    assert statement.opening_balance + moved == statement.closing_balance == is_open
    eve = statement.period_start - timedelta(days=1)
    before = [row for row in books.sent[:-1] if row.period_end == eve]
    if before:
        assert statement.opening_balance == before[-1].closing_balance
    else:
        assert statement.opening_balance == books.owed(eve)
    days = [item.date for item in items if item.section == "transaction"]
    assert all(statement.period_start <= day <= statement.period_end for day in days)


@settings(
    max_examples=30,
    # One customer for each example: nothing of another one is seen.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=4, max_size=25))
def test_statements_agree_with_an_account_kept_by_hand(
    room: Room, steps: list[tuple[Any, ...]]
) -> None:
    books = Books.opened(room)
    for step in [*steps, ("send", 0)]:
        do(books, step)


@pytest.fixture
def books(room: Room) -> Books:
    return Books.opened(room)


def named(books: Books, statement: Statement, section: str) -> list[tuple[str, int]]:
    """Kind and amount of each item, or what is open of it."""
    return [
        (item.kind, item.open_amount if section == "open" else item.amount)
        for item in books.items(statement)
        if item.section == section
    ]


def test_what_comes_after_the_end_is_not_in_but_lowers_what_can_be_paid(books: Books) -> None:
    books.issue(10_000, days_ago=20)
    books.issue(5_000, days_ago=2)
    books.pay(4_000, days_ago=1, on=0)
    statement = books.send(days_ago=5)
    assert statement.closing_balance == 10_000
    assert named(books, statement, "open") == [("invoice", 10_000)]
    assert statement.payable == 6_000


def test_what_is_entered_later_with_an_earlier_date_is_listed_in_the_next(books: Books) -> None:
    books.issue(10_000, days_ago=3)
    first = books.send()
    books.wait(10)
    books.issue(700, days_ago=12)
    books.issue(300)
    second = books.send()
    assert second.opening_balance == first.closing_balance
    assert second.period_start == first.period_end + timedelta(days=1)
    assert named(books, second, "late") == [("invoice", 700)]
    assert named(books, second, "transaction") == [("invoice", 300)]


def test_what_is_older_than_the_first_statement_is_late_too_when_it_is_entered_later(
    books: Books,
) -> None:
    books.issue(10_000, days_ago=40)
    books.send()
    books.wait(5)
    books.pay(1_000, days_ago=44)
    assert named(books, books.send(), "late") == [("payment", -1_000)]


def test_a_new_version_of_an_invoice_is_listed_with_the_difference(books: Books) -> None:
    books.issue(10_000)
    books.send()
    books.wait(3)
    books.renew(0, 8_500)
    statement = books.send()
    assert named(books, statement, "late") == [("invoice", -1_500)]
    assert named(books, statement, "open") == [("invoice", 8_500)]
    books.wait(3)
    assert named(books, books.send(), "late") == []


def test_a_new_version_of_what_no_statement_listed_is_a_correction(books: Books) -> None:
    books.issue(10_000, days_ago=40)
    books.send()
    books.wait(3)
    books.renew(0, 8_500)
    assert named(books, books.send(), "late") == [("correction", -1_500)]
    books.wait(3)
    assert named(books, books.send(), "late") == []


def test_an_invoice_voided_later_is_owed_until_that_day(books: Books) -> None:
    books.issue(10_000)
    books.wait(25)
    books.end(0, write_off=False)
    first = books.send(days_ago=20)
    assert (first.closing_balance, first.payable) == (10_000, 0)
    second = books.send()
    assert named(books, second, "transaction") == [("void", -10_000)]
    assert (second.closing_balance, named(books, second, "open")) == (0, [])


def test_a_write_off_gives_up_what_is_left(books: Books) -> None:
    books.issue(10_000)
    books.pay(9_900, on=0)
    books.end(0, write_off=True)
    statement = books.send()
    assert ("write_off", -100) in named(books, statement, "transaction")
    assert statement.closing_balance == 0


def test_credit_is_listed_as_open_and_lowers_what_can_be_paid(books: Books) -> None:
    books.issue(10_000)
    books.issue(-1_500)
    books.pay(2_000)
    statement = books.send()
    found = [("invoice", 10_000), ("credit_memo", -1_500), ("payment", -2_000)]
    assert sorted(named(books, statement, "open")) == sorted(found)
    assert (statement.closing_balance, statement.payable) == (6_500, 6_500)


def test_more_credit_than_debt_asks_for_nothing(books: Books) -> None:
    books.issue(1_000)
    books.pay(4_000)
    statement = books.send()
    assert (statement.closing_balance, statement.payable) == (-3_000, 0)


def test_the_day_is_the_companys(room: Room) -> None:
    """31 Jan 22:00 in New York is 1 Feb UTC already; the ledger has business days."""
    books = Books.opened(room)
    books.issue(1_000, days_ago=38)  # 31 Jan 2026
    books.issue(2_000, days_ago=37)
    statement = books.send(days_ago=38)
    assert statement.period_end == date(2026, 1, 31)
    assert (statement.period_start, statement.closing_balance) == (date(2026, 1, 1), 1_000)


def test_however_many_statements_follow_each_other_they_are_one_question(books: Books) -> None:
    for amount in (10_000, 5_000, 700):
        books.issue(amount)
        books.send(days_ago=0)
        books.wait(10)
    latest = books.sent[-1]
    with books.room.desk.database.reading() as session, noted(session) as asked:
        found = statements.chain(session, latest)
        assert len(asked) == 1
    assert [row.id for row in found] == [row.id for row in reversed(books.sent)]

"""Period ends of several generated accounts at once, beside accounts kept by hand."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import open_items
from commands.access import SCHEDULER
from commands.period_end import run
from storage import statements
from storage.statements import Statement, StatementItem
from tests.commands.period_end.test_run import runs, schedule
from tests.commands.send_statement.books import Books
from tests.conftest import Room

AMOUNT = st.integers(1, 100_000)
AGO = st.integers(0, 45)
AT = st.integers(0, 9)
WHO = st.integers(0, 2)
STEP: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(WHO, st.just("issue"), AMOUNT, AGO),
    st.tuples(WHO, st.just("credit"), AMOUNT, AGO),
    st.tuples(WHO, st.just("pay"), AMOUNT, AGO, AT),
    st.tuples(WHO, st.just("pay in full"), AT),
    st.tuples(WHO, st.just("reverse"), AT),
    st.tuples(WHO, st.just("void"), AT),
    st.tuples(WHO, st.just("write_off"), AT),
    st.tuples(WHO, st.just("renew"), AT, AMOUNT),
    st.tuples(WHO, st.just("use_credit"), AT, AT),
)
MONTHS = st.lists(st.lists(STEP, min_size=1, max_size=10), min_size=1, max_size=3)


def do(books: Books, name: str, given_: tuple[Any, ...]) -> None:
    match name:
        case "credit":
            books.issue(-given_[0], given_[1])
        case "pay in full":
            owed = books.owed(books.today)
            if owed > 0:
                books.pay(owed, on=given_[0])
        case "void" | "write_off":
            books.end(given_[0], write_off=name == "write_off")
        case _:
            getattr(books, name)(*given_)


def sent(books: Books) -> list[Statement]:
    with books.room.desk.database.reading() as session:
        return statements.of_account(session, books.customer_id, "USD")


def payable(books: Books, items: list[StatementItem]) -> int:
    """What is open now of the invoices that are listed as open, less all credit, row by row."""
    listed = {item.number for item in items if (item.section, item.kind) == ("open", "invoice")}
    with books.room.desk.database.reading() as session:
        account = open_items.account(session, books.customer_id)
        owed = [i.invoice.balance.minor for i in account.items if i.invoice.number in listed]
        return max(sum(owed) - account.credit("USD").minor, 0)


def check(books: Books, statement: Statement) -> None:
    items = books.items(statement)
    moved = sum(item.amount for item in items if item.section != "open")
    is_open = sum(item.open_amount for item in items if item.section == "open")
    assert statement.closing_balance == books.owed(statement.period_end)
    assert statement.opening_balance + moved == statement.closing_balance == is_open
    assert statement.payable == payable(books, items)


@pytest.fixture
def monthly(room: Room) -> Room:
    schedule(room)
    return room


def a_month(room: Room) -> list[date]:
    """The ends of the periods that were run meanwhile."""
    before = done(room)
    room.clock.advance(days=31)
    run.look(SCHEDULER, room.desk)
    return sorted(done(room) - before)


def done(room: Room) -> set[date]:
    """Not those that are announced only."""
    return {each.period_end for each in runs(room) if each.state == "done"}


@settings(
    max_examples=6,
    # Customers of their own for each example: nothing of another one is seen.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(months=MONTHS)
def test_whoever_owes_gets_one_statement_with_the_figures_kept_by_hand(
    monthly: Room, months: list[list[tuple[Any, ...]]]
) -> None:
    accounts = [Books.opened(monthly) for _ in range(3)]
    for steps in months:
        for who, name, *given_ in steps:
            do(accounts[who], name, tuple(given_))
        ends = a_month(monthly)
        for books in accounts:
            new = [each for each in sent(books) if each.period_end in ends]
            assert [each.period_end for each in new] == [day for day in ends if books.owed(day)]
            for statement in new:
                check(books, statement)

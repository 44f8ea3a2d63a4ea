"""Numbers without gaps: shown to race without the lock, then held under it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlmodel import Session

from storage import number_series
from storage.database import Database
from storage.invoices import Invoice
from storage.number_series import FIRST
from storage.unit_of_work import repeatable
from tests.builders import add_customer, add_invoice

THREADS, EACH = 8, 12


@pytest.fixture
def shop(database: Database) -> Database:
    with database.writing() as session:
        add_customer(session)
    return database


def issue(session: Session) -> str:
    number = number_series.take(session, "INV-", Invoice.number)
    add_invoice(session, number)
    return number


def test_numbers_follow_each_other_from_the_first(shop: Database) -> None:
    with shop.writing() as session:
        assert [issue(session) for _ in range(3)] == [f"INV-{FIRST + n}" for n in range(3)]


def test_numbers_that_came_by_import_are_passed_over(shop: Database) -> None:
    with shop.writing() as session:
        for taken in range(FIRST, FIRST + 150):
            add_invoice(session, f"INV-{taken}")
        assert issue(session) == f"INV-{FIRST + 150}"


def test_who_fails_gives_the_number_back(shop: Database) -> None:
    with suppress(_OnPurpose), shop.writing() as session:
        issue(session)
        raise _OnPurpose
    with shop.writing() as session:
        assert issue(session) == f"INV-{FIRST}"


def test_each_prefix_counts_for_itself(shop: Database) -> None:
    with shop.writing() as session:
        issue(session)
        assert number_series.take(session, "SO-", Invoice.number) == f"SO-{FIRST}"


def test_many_at_once_leave_neither_gap_nor_double(shop: Database) -> None:
    """Every third one fails after it has its number."""

    @repeatable
    def one(turn: int) -> str | None:
        with suppress(_OnPurpose), shop.writing() as session:
            number = issue(session)
            if turn % 3 == 0:
                raise _OnPurpose
            return number
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        issued = [number for number in pool.map(one, range(THREADS * EACH)) if number]
    assert len(issued) == THREADS * EACH * 2 // 3
    assert sorted(issued) == sorted(f"INV-{FIRST + n}" for n in range(len(issued)))


class _OnPurpose(Exception):
    pass

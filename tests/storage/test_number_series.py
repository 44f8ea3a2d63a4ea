"""Numbers without gaps, whoever takes them at once; first that there is a race to be won."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from storage import number_series
from storage.database import Database
from storage.number_series import FIRST, NumberSeries
from storage.orders import Order
from storage.unit_of_work import repeatable
from tests.builders import add_customer
from tests.commands.test_races import at_once, unlocked

PEOPLE, ORDERS_EACH = 6, 8


class _Changed(Exception):
    """Somebody thought better of it: everything is rolled back."""


@pytest.fixture(autouse=True)
def _customers(database: Database) -> None:
    with database.writing() as session:
        for number in range(PEOPLE):
            add_customer(session, f"C{number}")


def an_order(number: str, customer_id: str) -> Order:
    return Order(number=number, customer_id=customer_id, order_date=date(2026, 3, 10))


@repeatable
def take_one(database: Database, customer_id: str, *, keep: bool) -> None:
    with database.writing() as session:
        session.add(an_order(number_series.take(session, "SO-", Order.number), customer_id))
        session.flush()
        if not keep:
            raise _Changed


def person(database: Database, own: int) -> Callable[[], None]:
    """Takes numbers for orders of a customer of their own; every third is rolled back."""

    def work() -> None:
        for turn in range(ORDERS_EACH):
            keep = (turn + own) % 3 != 0
            try:
                take_one(database, f"C{own}", keep=keep)
            except _Changed:
                assert not keep

    return work


def numbers(database: Database) -> list[int]:
    with database.reading() as session:
        found = session.exec(select(col(Order.number)))
        return sorted(int(number.removeprefix("SO-")) for number in found)


def test_unlocked_two_at_once_take_the_same_number(database: Database) -> None:
    with database.writing() as session:
        session.add(NumberSeries(prefix="SO-", last=FIRST - 1))
    both_read = threading.Barrier(2)

    def take(customer_id: str) -> str:
        try:
            with unlocked(database) as session:
                last = session.get_one(NumberSeries, "SO-").last
                both_read.wait(10)
                session.add(an_order(f"SO-{last + 1}", customer_id))
                session.get_one(NumberSeries, "SO-").last = last + 1
                session.flush()
        except DBAPIError:
            return "broke"
        return "taken"

    assert sorted(at_once(lambda: take("C0"), lambda: take("C1"))) == ["broke", "taken"]


def test_a_storm_with_rollbacks_leaves_no_gap_and_no_duplicate(database: Database) -> None:
    with ThreadPoolExecutor(PEOPLE) as pool:
        for done in [pool.submit(person(database, own)) for own in range(PEOPLE)]:
            done.result(60)
    kept = sum((turn + own) % 3 != 0 for own in range(PEOPLE) for turn in range(ORDERS_EACH))
    assert numbers(database) == list(range(FIRST, FIRST + kept))


def test_what_a_rollback_gave_back_is_taken_next(database: Database) -> None:
    take_one(database, "C0", keep=True)
    with pytest.raises(_Changed):
        take_one(database, "C0", keep=False)
    take_one(database, "C1", keep=True)
    assert numbers(database) == [FIRST, FIRST + 1]


def test_each_prefix_has_a_series_of_its_own(database: Database) -> None:
    with database.writing() as session:
        taken = [number_series.take(session, prefix, Order.number) for prefix in ("A-", "B-", "A-")]
    assert taken == ["A-1001", "B-1001", "A-1002"]


def test_numbers_in_use_are_passed_over_however_many_there_are(database: Database) -> None:
    with database.writing() as session:
        _fill(session, range(FIRST, FIRST + 250))
        _fill(session, [FIRST + 251])
    with database.writing() as session:
        assert number_series.take(session, "SO-", Order.number) == f"SO-{FIRST + 250}"
        assert number_series.take(session, "SO-", Order.number) == f"SO-{FIRST + 252}"


def _fill(session: Session, taken: "range | list[int]") -> None:
    session.add_all(an_order(f"SO-{number}", "C0") for number in taken)

"""What PostgreSQL takes back is done again; without that, a deadlock loses somebody's work."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from storage import customers, slack_requests
from storage.customers import Customer
from storage.database import Database
from storage.unit_of_work import repeatable
from tests.builders import NOW, add_customer
from tests.databases import Fresh

pytestmark = pytest.mark.databases("postgresql")  # SQLite has one writer at a time


def crossed(database: Database) -> list[Callable[[], None]]:
    """Two acts that take the same two rows in opposite orders, and meet in the middle."""
    both_hold_one = threading.Barrier(2)

    def act(first: str, second: str) -> Callable[[], None]:
        met = False

        def run() -> None:
            nonlocal met
            with database.writing() as session:
                _count(session, first)
                if not met:
                    met = True
                    both_hold_one.wait(10)
                _count(session, second)

        return run

    return [act("C1", "C2"), act("C2", "C1")]


def _count(session: Session, customer_id: str) -> None:
    row = customers.lock(session, customer_id)
    assert row is not None
    row.terms_days += 1
    session.add(row)
    session.flush()


def errors_of(acts: list[Callable[[], None]]) -> list[str]:
    """The SQLSTATEs that the acts, run at the same time, ended with."""
    with ThreadPoolExecutor(len(acts)) as pool:
        ended = [pool.submit(act) for act in acts]
        failures = [future.exception() for future in ended]
    return [f.orig.sqlstate for f in failures if isinstance(f, DBAPIError) and f.orig]  # type: ignore[attr-defined]  # psycopg's


def counts(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.get_one(Customer, name).terms_days for name in ("C1", "C2")]


@pytest.fixture
def two_customers(database: Database) -> Database:
    with database.writing() as session:
        add_customer(session, "C1", terms_days=0)
        add_customer(session, "C2", terms_days=0)
    return database


def test_a_deadlock_costs_one_of_two_its_work(two_customers: Database) -> None:
    """The damage that `repeatable` is there for."""
    assert errors_of(crossed(two_customers)) == ["40P01"]
    assert counts(two_customers) == [1, 1]


def test_repeated_both_get_their_work_done(two_customers: Database) -> None:
    assert errors_of([repeatable(act) for act in crossed(two_customers)]) == []
    assert counts(two_customers) == [2, 2]


def claim_at_once(database: Database, *, again: bool) -> list[object]:
    """Two claims of one key which have both seen that nobody has it."""
    both_looked = threading.Barrier(2)

    def claim() -> bool:
        looked = False

        def run() -> bool:
            nonlocal looked
            with database.writing() as session:
                if session.get(slack_requests.SlackRequest, "T1") is not None:
                    return False
                if not looked:  # `slack_requests.claim`, held still between look and insert
                    looked = True
                    both_looked.wait(60)
                session.add(slack_requests.SlackRequest(key="T1", received_at=NOW))
                session.flush()
                return True

        return (repeatable(run) if again else run)()

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(claim) for _ in range(2)]
        return [future.exception() or future.result() for future in ended]


def test_a_row_written_meanwhile_is_an_error_once_and_found_the_second_time(
    database: Database, fresh: Fresh
) -> None:
    unrepeated = claim_at_once(database, again=False)
    assert sorted(isinstance(each, IntegrityError) for each in unrepeated) == [False, True]
    fresh.restore()
    assert sorted(map(bool, claim_at_once(database, again=True))) == [False, True]


def test_other_errors_are_not_tried_again(database: Database) -> None:
    tries = []

    @repeatable
    def wrong() -> None:
        tries.append(1)
        with database.writing() as session:
            session.connection().exec_driver_sql("SELECT no_such_column")

    with pytest.raises(DBAPIError, match="no_such_column"):
        wrong()
    assert len(tries) == 1

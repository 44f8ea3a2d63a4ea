"""Money that is nobody's has no customer to lock, until somebody says whose it is."""

import time
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlmodel import select

from commands.take_payment import held_payment
from storage import payments
from storage.customers import Customer
from storage.database import Database
from tests.paying import Till
from tests.storage.books import add_payment

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.mark.databases("postgresql")  # on SQLite writers wait for each other from the beginning
def test_the_customer_who_gets_it_meanwhile_is_held_too(till: Till) -> None:
    database, held, seen = till.desk.database, Event(), Event()
    with database.writing() as session:
        add_payment(session, "pi_9", amount=5000, customer_id=None)

    def hold() -> None:
        with database.writing() as session:
            assert held_payment.hold(session, "pi_9", "USD")
            held.set()
            seen.wait(10)

    thread = Thread(target=hold)
    with database.writing() as session:
        payment = payments.lock(session, "pi_9")
        assert payment is not None
        thread.start()
        _wait_for_somebody(database)
        payment.customer_id = "C1"
        session.add(payment)
    assert held.wait(10)
    free = _is_free(database, "C1")
    seen.set()
    thread.join()
    assert not free


def _wait_for_somebody(database: Database) -> None:
    """Until a unit of work waits for a lock."""
    for _ in range(500):
        with database.reading() as session:
            if session.connection().execute(_WAITING).scalar_one():
                return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def _is_free(database: Database, customer_id: str) -> bool:
    own = select(Customer.id).where(Customer.id == customer_id)
    with database.writing() as session:
        return session.exec(own.with_for_update(skip_locked=True)).first() is not None

"""Whose turn it is to write."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage import customers
from storage.database import Database, DatabaseBusy
from tests.builders import add_customer


@contextmanager
def somebody_writing(database: Database) -> Iterator[None]:
    """Another thread has its turn until the block ends."""
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        with database.writing():
            begun.set()
            over.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    try:
        yield
    finally:
        over.set()
        writer.join()


@pytest.mark.databases("sqlite")  # only there do writers wait for one lock
def test_who_cannot_wait_is_told_and_the_next_one_writes(database: Database) -> None:
    hurried = database.hurried(0.1)
    with somebody_writing(database):
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(DatabaseBusy), hurried.writing() as session:
                add_customer(session)
        assert time.monotonic() - began < 2
    with hurried.writing() as session:
        add_customer(session)
    with database.reading() as session:
        assert customers.find(session, "C1") is not None


@pytest.mark.databases("sqlite")  # only there do writers wait for one lock
def test_who_cannot_wait_long_still_waits_for_a_short_one(database: Database) -> None:
    done = []

    def write() -> None:
        with database.hurried(5).writing():
            done.append(True)

    with somebody_writing(database):
        waiting = threading.Thread(target=write)
        waiting.start()
        time.sleep(0.1)
        assert not done
    waiting.join(5)
    assert done

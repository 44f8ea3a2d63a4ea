"""Engines and the two units of work: `reading()` and `writing()`.

SQLite: a file lock before BEGIN IMMEDIATE, because busy_timeout alone let a paced writer wait for
seconds beside a busy one; readers have a connection that cannot write. PostgreSQL: writers lock
the customer's row first, and `unit_of_work.repeatable` does again what it took back.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import copy
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from storage import (
    postgresql,
    tables,  # noqa: F401 -- a table's foreign keys name others, which have to be declared too
)
from storage.file_lock import locked

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")


class DatabaseBusy(Exception):
    """Somebody else keeps the right to write, such as a large import; nothing was written."""


class Database:
    """One database of `url`; safe to share between threads, not between processes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._patience: float | None = None
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = Path(parsed.database or "")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_path = path.with_name(path.name + ".lock")
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", read_only=False)
            self._reader = _sqlite_engine(url, begin="BEGIN", read_only=True)
        else:
            self._writer = postgresql.engine(parsed)
            self._reader = postgresql.read_only(self._writer)

    @property
    def engine(self) -> Engine:
        """The engine that may write: for migrations."""
        return self._writer

    def hurried(self, seconds: float) -> "Database":
        """The same database for somebody who cannot wait long: on SQLite `writing()` raises
        `DatabaseBusy` when its turn has not come after `seconds`.
        """
        own = copy(self)
        own._patience = seconds  # noqa: SLF001 -- a copy of itself
        return own

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; nothing can be written."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Committed when the block ends, rolled back when it raises.

        No network, rendering or hashing of passwords belongs inside. Objects stay readable after
        the commit, detached.
        """
        with self._write_turn(), Session(self._writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def _write_turn(self) -> AbstractContextManager[None]:
        return _turn(self._lock_path, self._patience) if self.is_sqlite else nullcontext()


@contextmanager
def _turn(path: Path, patience: float | None) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(locked(path, patience))
        except TimeoutError as error:
            raise DatabaseBusy from error
        yield


def _sqlite_engine(url: str, *, begin: str, read_only: bool) -> Engine:
    # What is bound stays out of error messages: logs hold no addresses and no mail bodies.
    engine = create_engine(url, pool_size=20, max_overflow=60, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver must not open transactions of its own: BEGIN is said below.
        connection.isolation_level = None
        for pragma in (*_PRAGMAS, *(("query_only=ON",) if read_only else ())):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_at_once(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine

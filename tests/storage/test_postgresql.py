"""What only PostgreSQL can get wrong: its locale, NUL, the database that is not there yet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import select

from storage import gateway_events, ledger
from storage.customers import Customer
from storage.database import Database
from storage.gateway_events import GatewayEvent
from storage.postgresql import create_missing
from storage.schema import is_current, migrate
from tests.builders import NOW, add_customer
from tests.databases import PostgreSQLDatabase

only_postgresql = pytest.mark.databases("postgresql")  # the subject of the test
WORDS = ("a", "B", "b", "A", "ä", "z", "_", "-", "10", "9", "Z", " ", "é")


def test_text_is_ordered_by_its_bytes_as_python_orders_it(database: Database) -> None:
    with database.writing() as session:
        for word in WORDS:
            add_customer(session, word)
    with database.reading() as session:
        assert [row.id for row in ledger.every(session, Customer)] == sorted(WORDS)


@only_postgresql
def test_no_column_of_text_follows_the_locale_of_the_server(database: Database) -> None:
    own = text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        " AND table_name <> 'alembic_version' AND collation_name IS DISTINCT FROM 'C'"
    )
    with database.reading() as session:
        assert session.connection().execute(own).all() == []


def test_nul_and_half_a_surrogate_pair_can_be_stored(database: Database) -> None:
    payload = {"note": "a\0b", "half": "\ud83c"}
    with database.writing() as session:
        add_customer(session, name="Blue\0Iris")
        event = GatewayEvent(id="evt_1", type="t", payload=payload, received_at=NOW)
        gateway_events.store(session, event)
    with database.reading() as session:
        assert session.get_one(Customer, "C1").name == "Blue\ufffdIris"
        assert session.get_one(GatewayEvent, "evt_1").payload == payload


def test_instants_come_back_in_utc_to_the_microsecond(database: Database) -> None:
    instant = datetime(2026, 3, 10, 15, 0, 0, 1, tzinfo=UTC)
    with database.writing() as session:
        event = GatewayEvent(id="evt_1", type="t", payload={}, received_at=instant)
        gateway_events.store(session, event)
    with database.reading() as session:
        found = session.get_one(GatewayEvent, "evt_1").received_at
        assert (found, found.tzinfo) == (instant, UTC)


def test_who_reads_cannot_write(database: Database) -> None:
    def write() -> None:
        with database.reading() as session:
            session.connection().execute(text("DELETE FROM user_roles"))

    with pytest.raises(DBAPIError, match=r"read-only|readonly"):
        write()


@only_postgresql
def test_who_reads_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        before = session.exec(select(Customer)).all()
        with database.writing() as other:
            add_customer(other)
        assert session.exec(select(Customer)).all() == before


def test_the_audit_cannot_be_changed(database: Database) -> None:
    def rewrite(statement: str) -> None:
        with database.writing() as session:
            session.connection().execute(text(statement))

    with database.writing() as session:
        session.connection().execute(
            text(
                "INSERT INTO audit (at, actor, role, action, object, outcome, detail)"
                " VALUES ('2026-03-10T15:00:00.000000+00:00', 'a', '', 'b', '', 'ok', '{}')"
            )
        )
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"):
            rewrite(statement)


def test_migrate_creates_the_database_even_when_two_do_it_at_once(
    postgresql: PostgreSQLDatabase,
) -> None:
    url = postgresql.new_url()
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(_migrate, url) for _ in range(3)]:
            done.result()
    database = Database(url)
    assert is_current(database)
    database.close()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def test_without_a_server_the_first_refusal_is_told() -> None:
    with pytest.raises(OperationalError, match="refused"):
        create_missing(make_url("postgresql+psycopg://nobody@127.0.0.1:9/books"))


@only_postgresql
def test_more_threads_than_connections_all_get_their_turn(database: Database) -> None:
    def look(_: int) -> int:
        with database.reading() as session:
            return len(session.exec(select(Customer)).all())

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(look, range(256))) == [0] * 256


@only_postgresql
def test_nobody_waits_for_a_lock_for_ever(database: Database) -> None:
    with database.reading() as session:
        limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        shown = [session.connection().execute(text(f"SHOW {name}")).scalar() for name in limits]
    assert "0" not in shown

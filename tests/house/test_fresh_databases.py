"""Each test gets its database as if nobody had used it before, on PostgreSQL by emptying it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit, users
from storage.audit import AuditEntry
from storage.customers import Customer
from storage.database import Database
from storage.tables import METADATA
from tests.builders import CARL, NOW, add_customer, add_invoice
from tests.databases import Fresh

LARGE = (
    "INSERT INTO cursors (name, at)"
    " SELECT n || repeat('x', 100), now() FROM generate_series(1, 9000) n"
)
SPOILED = ("ALTER TABLE invoices RENAME TO lost", "DROP INDEX ix_audit_object", "ANALYZE")


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything in every table."""
    with database.reading() as session:
        say = session.connection().execute
        return {
            table.name: sorted((tuple(row) for row in say(table.select())), key=str)
            for table in METADATA.sorted_tables
        }


def entered(database: Database) -> int | None:
    """The number of a new entry in the audit, from which nothing can be deleted."""
    entry = AuditEntry(at=NOW, actor=CARL.id, action="test", outcome="ok")
    with database.writing() as session:
        audit.append(session, entry)
    return entry.id


def test_what_a_test_wrote_is_gone(database: Database, fresh: Fresh) -> None:
    before = rows(database)
    with database.writing() as session:
        add_customer(session)
        add_invoice(session)
        users.replace_roles(session, CARL.id, [])
    assert entered(database)
    fresh.restore()
    assert rows(database) == before


def test_numbers_begin_again(database: Database, fresh: Fresh) -> None:
    assert [entered(database), entered(database)] == [1, 2]
    fresh.restore()
    assert entered(database) == 1


def test_the_audit_is_still_append_only(database: Database, fresh: Fresh) -> None:
    entered(database)
    fresh.restore()
    entered(database)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.connection().execute(text("DELETE FROM audit"))


@pytest.mark.databases("postgresql")  # SQLite's file is always copied
@pytest.mark.parametrize("statement", SPOILED)
def test_a_database_that_was_altered_is_made_anew(
    database: Database, fresh: Fresh, statement: str
) -> None:
    before = rows(database)
    with database.writing() as session:
        session.connection().execute(text(statement))
    fresh.restore()
    assert rows(database) == before


@pytest.mark.databases("postgresql")  # SQLite's file is always copied
def test_large_tables_leave_no_space_behind(database: Database, fresh: Fresh) -> None:
    with database.writing() as session:
        session.connection().execute(text(LARGE))
    fresh.restore()
    with database.reading() as session:
        size = session.connection().execute(text("SELECT pg_table_size('cursors')"))
        assert size.scalar_one() < 20_000


@pytest.mark.databases("postgresql")  # SQLite's file is always copied
def test_a_transaction_left_open_holds_nobody(database: Database, fresh: Fresh) -> None:
    other = Database(database.url)
    with other.engine.connect() as left_open:
        left_open.execute(text("LOCK TABLE users, customers"))
        fresh.restore()
        left_open.invalidate()
    other.close()
    with database.writing() as session:
        add_customer(session)
        assert session.get(Customer, "C1")

"""How much the Order Summary asks of the database."""

from typing import Any

import pytest
from sqlalchemy import event

from commands.order_summary import listing
from commands.order_summary.listing import PAGE, Query
from storage.database import Database
from tests.builders import SALLY, add_customer, add_invoice, add_order
from tests.conftest import Room


def add_orders(room: Room, first: int, last: int) -> None:
    with room.desk.database.writing() as session:
        for n in range(first, last):
            add_order(session, f"SO-{n}")
            add_invoice(session, f"INV-{n}", order_number=f"SO-{n}")


def questions(database: Database, room: Room, query: Query) -> int:
    """How many statements one page takes."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with database.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    listing.load(SALLY, room.desk, query)
    event.remove(engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in asked)


@pytest.mark.parametrize("query", [Query(), Query("iris")])
def test_a_full_page_asks_no_more_than_a_short_one(
    room: Room, database: Database, query: Query
) -> None:
    with room.desk.database.writing() as session:
        add_customer(session)
    add_orders(room, 0, 1)
    short = questions(database, room, query)
    add_orders(room, 1, 2 * PAGE)
    assert questions(database, room, query) == short
    assert 0 < short <= 5
    assert len(listing.load(SALLY, room.desk, query).rows) == PAGE


@pytest.mark.parametrize("page", [-1, 10**9])
def test_a_page_that_cannot_be_is_brought_within_bounds(room: Room, page: int) -> None:
    shown = listing.load(SALLY, room.desk, Query(page=page))
    assert shown.rows == ()
    assert 0 <= shown.query.page <= 1000

from typing import Any

import pytest
from sqlalchemy import event

from storage import deliveries, delivery_queue
from storage.database import Database
from storage.deliveries import Delivery
from tests.builders import NOW

PARTIAL = ("ix_deliveries_due", "ix_deliveries_lane", "PRIMARY KEY (rowid=?)")


@pytest.mark.databases("sqlite")  # its own words for a plan
def test_looking_for_work_scans_no_finished_rows(database: Database) -> None:
    """The table only grows, and idle workers look twice a second."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    with database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        assert not delivery_queue.anything_due(session, NOW, NOW, ["email", "slack"])
        event.remove(connection, "before_cursor_execute", note)
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            steps = [str(step[3]) for step in plan if " deliveries" in str(step[3])]
            assert all(any(index in step for index in PARTIAL) for step in steps), steps
    assert len(asked) == 2


@pytest.mark.databases("postgresql")  # its own words for a plan
def test_a_queue_that_was_never_analysed_is_not_joined_with_itself(database: Database) -> None:
    with database.writing() as session:
        for number in range(200):
            deliveries.add(session, a_post(f"post-{number}", lane=f"C{number % 7}"))
    asked: list[tuple[str, Any]] = []
    with database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
        delivery_queue.anything_due(session, NOW, NOW, ["slack"])
        statement, values = asked[0]
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
    assert any("ix_deliveries_due" in step for step in plan), plan
    assert not any("Join" in step for step in plan), plan


def test_a_row_waits_for_the_one_it_depends_on_in_whatever_lane(database: Database) -> None:
    with database.writing() as session:
        first, _ = deliveries.add(session, a_post("first"))
        second, _ = deliveries.add(session, a_post("second", depends_on=first.id))
        first.retry_at = NOW.replace(hour=23)
        session.add(first)
        session.flush()
        assert delivery_queue.next_due(session, NOW, NOW) is None
        first.status = "sent"
        session.add(first)
        session.flush()
        assert delivery_queue.next_due(session, NOW, NOW) == second


def a_post(key: str, **own: Any) -> Delivery:
    facts: dict[str, Any] = {"kind": "slack", "purpose": "notice", "created_by": "system"}
    return Delivery(key=key, created_at=NOW, not_before=NOW, **(facts | own))

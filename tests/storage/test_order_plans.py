"""The Order Summary reads by indexes alone: a table of ten years is as quick as one of a day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlmodel import Session

from storage import deliveries, invoices, orders, payment_links, search_terms
from storage.database import Database
from tests.builders import a_customer, add_customers, add_orders, an_order

PAGE = 9
NUMBERS = [f"SO-{n}" for n in range(PAGE)]
QUESTIONS: dict[str, Callable[[Session], object]] = {
    "invoices of a page": lambda s: invoices.of_orders(s, NUMBERS),
    "links of a page": lambda s: payment_links.states_by_invoice(s, NUMBERS),
    "mails of an order": lambda s: deliveries.mails_of_order(s, "SO-1", NUMBERS, 10),
    "addresses of its mails": lambda s: deliveries.addresses_of(s, list(range(10))),
    "confirmations": lambda s: deliveries.mails_of_order(s, "SO-1", [], 10),
    "lines": lambda s: orders.lines(s, "SO-1"),
    "a search": lambda s: search_terms.find_orders(s, "SO-17 iris", PAGE),
    "recent orders": lambda s: orders.recent(s, "U1", limit=PAGE),
}


@contextmanager
def noted(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent meanwhile, with its values."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def fill(database: Database) -> None:
    """Enough rows that PostgreSQL prefers an index where there is one."""
    with database.writing() as session:
        add_customers(session, [a_customer(f"C{n}") for n in range(300)])
        add_orders(session, [an_order(f"SO-{n}", customer_id=f"C{n}") for n in range(300)])
    with database.writing() as session:
        session.connection().execute(text("ANALYZE"))


def plan(session: Session, statement: str, values: Any) -> str:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        return "\n".join(str(step[3]) for step in steps)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(
        str(step[0]) for step in connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    )


def scans(steps: str) -> list[str]:
    """The steps that read a whole table, in the words of either database."""
    lines = [line.strip() for line in steps.splitlines()]
    whole = [line for line in lines if line.startswith("SCAN ") and "USING" not in line]
    whole += [line for line in lines if "Seq Scan on" in line]
    return [line for line in whole if not line.startswith(("SCAN anon", "SCAN SUBQUERY"))]


def whole_tables(session: Session, question: str) -> dict[str, list[str]]:
    """The statements of that question which read a whole table, with the steps that do."""
    with noted(session) as asked:
        QUESTIONS[question](session)
        statements = list(asked)
    assert statements, question
    read = {statement: scans(plan(session, statement, v)) for statement, v in statements}
    return {statement: found for statement, found in read.items() if found}


def test_no_question_reads_a_whole_table(database: Database) -> None:
    fill(database)  # once for all questions: it takes seconds
    for question in QUESTIONS:
        with database.reading() as session:
            assert whole_tables(session, question) == {}, question


def test_pages_of_a_search_follow_each_other_without_a_gap(database: Database) -> None:
    fill(database)
    with database.reading() as session:
        whole = [o.number for o, _ in search_terms.find_orders(session, "so", 300)]
        pages = [
            order.number
            for start in range(0, 300, PAGE)
            for order, _ in search_terms.find_orders(session, "so", PAGE, offset=start)
        ]
    assert pages == whole
    assert len(whole) == 300

"""Reading and writing many rows at a time: one question for a thousand keys."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, inspect
from sqlmodel import Session, SQLModel, col, delete, select

Item = TypeVar("Item")
Model = TypeVar("Model", bound=SQLModel)

# SQLite binds at most 32,766 values in a statement, and plans long lists slowly.
CHUNK = 1000


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def by_keys(session: Session, model: type[Model], column: Any, keys: Iterable[str]) -> list[Model]:
    """Every row of `model` whose `column` is one of `keys`."""
    found: list[Model] = []
    for batch in chunks(sorted(set(keys))):
        found += session.exec(select(model).where(col(column).in_(batch))).all()
    return found


def columns_by_keys(
    session: Session, columns: Sequence[Any], column: Any, keys: Iterable[str]
) -> Iterator[Any]:
    """Like `by_keys`, only some columns, as plain tuples."""
    for batch in chunks(sorted(set(keys))):
        chosen: ColumnElement[bool] = col(column).in_(batch)
        yield from session.execute(select(*columns).where(chosen)).all()


def tuples(
    session: Session, asked: Select[Any] | CompoundSelect[Any], **values: Any
) -> Sequence[Any]:
    """What a query over `table`s finds, without the detour by objects; as everywhere, what the
    session holds is written first.
    """
    session.flush()
    return session.connection().execute(asked, values).all()


def insert(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Insert plain rows; each must name every column that has no default in the model."""
    if rows:
        session.execute(table(model).insert(), rows)


def delete_by_keys(
    session: Session, model: type[SQLModel], column: Any, keys: Iterable[str], *also: Any
) -> None:
    for batch in chunks(sorted(set(keys))):
        session.exec(delete(model).where(col(column).in_(batch), *also))


def table(model: type[SQLModel]) -> Table:
    """For queries that are built once and asked for plain tuples."""
    found = inspect(model).local_table
    assert isinstance(found, Table)
    return found

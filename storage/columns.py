"""Column types and constraints that mean the same on SQLite (STRICT tables) and PostgreSQL.

SQLite stores whatever it is given unless a table is STRICT, and STRICT knows only INTEGER, REAL,
TEXT and BLOB; so each type here says how it lies down in both databases.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar, get_args

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, DateTime, Integer, Numeric
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# The database validates what a table holds. Nobody asks for pydantic's validators of it, which
# would take a tenth of the time that a process needs to start.
SQLModel.model_config["defer_build"] = True

STRICT: dict[str, Any] = {"sqlite_strict": True}

Value = TypeVar("Value")


def one_of(column: str, choices: Any) -> CheckConstraint:
    """Restrict `column` to the members of a `Literal` type."""
    members = ", ".join(f"'{choice}'" for choice in get_args(choices))
    return CheckConstraint(f"{column} IN ({members})", name=f"{column}_known")


def rule(name: str, condition: str) -> CheckConstraint:
    return CheckConstraint(condition, name=name)


class _PerDialect(TypeDecorator[Value], Generic[Value]):
    """One type on PostgreSQL, another on SQLite."""

    cache_ok = True
    on_postgresql: ClassVar[type[TypeEngine[Any]]]
    on_sqlite: ClassVar[type[TypeEngine[Any]]]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor((self.on_sqlite if sqlite else self.on_postgresql)())


class Text(TypeDecorator[str]):
    """Text that is compared byte by byte in both databases, whatever PostgreSQL's locale.

    So an order is the same everywhere, equals Python's, and beginnings can be found as ranges.
    PostgreSQL cannot hold NUL: it is kept as U+FFFD in both.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return value.replace("\0", "\ufffd") if value and "\0" in value else value


class Minor(_PerDialect[int]):
    """An amount in minor units, up to 2^63."""

    impl = BigInteger
    on_postgresql = BigInteger
    on_sqlite = Integer
    cache_ok = True


class Flag(_PerDialect[bool]):
    impl = Boolean
    on_postgresql = Boolean
    on_sqlite = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:  # noqa: FBT001 -- SQLAlchemy's signature
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return None if value is None else bool(value)


class Day(_PerDialect[date]):
    """A business date."""

    impl = Date
    on_postgresql = Date
    on_sqlite = sa.Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return date.fromisoformat(value) if isinstance(value, str) else value


class Utc(_PerDialect[datetime]):
    """An instant. SQLite keeps ISO 8601 text of fixed width, so that text order is time order."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if sqlite else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        instant = value.astimezone(UTC)
        return instant.isoformat(timespec="microseconds") if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        if value is None:
            return None
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(UTC)


class Exact(_PerDialect[Decimal]):
    """A decimal exactly as written: quantities, unit prices and tax rates, never totals."""

    impl = Numeric
    on_postgresql = Numeric
    on_sqlite = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return format(value, "f") if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return None if value is None else Decimal(value)


class Json(TypeDecorator[Any]):
    """Plain JSON. Assign a new value to change it: changes inside are not tracked.

    PostgreSQL keeps it as text too (`json`): `jsonb` refuses NUL, which a gateway may send.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if sqlite else JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return dump_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if value is not None and dialect.name == "sqlite" else value


def dump_json(value: Any) -> str:
    """ASCII, so that half of a surrogate pair can be stored; the same for the same value."""
    return json.dumps(value, sort_keys=True)

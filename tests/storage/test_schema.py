import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from storage.database import Database
from storage.schema import is_current, migrate
from storage.tables import METADATA


def test_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.writing() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_type": False, "target_metadata": METADATA}
        )
        assert compare_metadata(context, METADATA) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_current(database)


def test_migrations_make_the_columns_that_the_models_have(database: Database) -> None:
    inspector = inspect(database.engine)
    made = {
        table: {column["name"]: column["nullable"] for column in inspector.get_columns(table)}
        for table in METADATA.tables
    }
    declared = {
        name: {column.name: column.nullable for column in table.columns}
        for name, table in METADATA.tables.items()
    }
    assert made == declared


@pytest.mark.parametrize(
    "module", ["commands.deliver.service", "commands.housekeeping", "commands.take_payment.events"]
)
def test_every_process_knows_each_table_that_another_refers_to(module: str) -> None:
    code = (
        f"import {module}, storage.database; from sqlmodel import SQLModel;"
        " [key.column for t in SQLModel.metadata.tables.values() for key in t.foreign_keys]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

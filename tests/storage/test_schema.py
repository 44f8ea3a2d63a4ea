from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import migrations
from storage.database import Database
from storage.schema import is_current, migrate, newest_revision
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


def test_the_newest_file_is_the_end_of_the_chain() -> None:
    chain = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert chain.get_current_head() == newest_revision()


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    assert not is_current(Database(f"sqlite:///{tmp_path / 'empty.db'}"))


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

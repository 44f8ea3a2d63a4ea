from sqlalchemy import inspect

from storage.database import Database
from storage.tables import METADATA


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

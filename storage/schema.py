"""Bringing a database to the newest schema, and saying whether it is there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from storage import postgresql
from storage.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Create or upgrade; running it again, or twice at once, changes nothing more.

    An older `revision` is for the tests of the migrations. Raises `OperationalError` when there
    is no server.
    """
    if not database.is_sqlite:
        postgresql.create_missing(make_url(database.url))
    with database.writing() as session:
        if not database.is_sqlite:
            postgresql.take_migration_turn(session.connection())
        config = _config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection())
        return context.get_current_revision() == newest_revision()


@cache  # the files of a running process do not change, and /readyz is asked every few seconds
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config

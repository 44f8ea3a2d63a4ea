"""The database is made by the real migrations, once; each test gets a copy of the file."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import event

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

# The same examples in every run, on slow machines too: a suite that fails by chance is not heard.
hypothesis.settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

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
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The same for all tests of a process: statements, once compiled, stay so."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.db'}")

    @event.listens_for(database.engine, "connect")
    def leave_out_fsync(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # the power does not fail between tests

    yield database
    database.close()


@pytest.fixture
def database(engines: Database, migrated_file: Path) -> Iterator[Database]:
    """The migrated database with the cast in it, as if nobody had used it before."""
    restore(engines, migrated_file)
    yield engines
    engines.close()


def restore(database: Database, template: Path) -> None:
    """Give a database of its own file the content of `template`."""
    database.close()
    path = Path(database.url.removeprefix("sqlite:///"))
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    shutil.copy(template, path)


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


# -- in which order -----------------------------------------------------------------------------

LONGEST = (
    "journeys/test_invoice_to_payment.py",
    "journeys/test_browser.py",
    "journeys/test_demo.py",
    "renderers/test_html_to_pdf.py",
    "take_payment/test_any_order.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that take longest begin first: processes get whole modules, one by one."""

    def rank(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((n for n, end in enumerate(LONGEST) if path.endswith(end)), len(LONGEST))

    items.sort(key=rank)


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

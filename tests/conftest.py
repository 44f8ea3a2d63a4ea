"""The room that services are tested in, and which databases it stands on: both.

Storage, journeys, crashes, what races and what is drawn at random run on both. The other tests of
services and edges run on one of the two, drawn by their name, so that each part meets both and the
suite stays quick; BOTH_DATABASES=1 runs every one on both. Words on a screen, through Slack's
stand-in, run on SQLite alone (`pytest.mark.databases("sqlite")`) where the service and the queries
beneath have tests of their own.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import hypothesis
import pytest

from commands.desk import Carriers, Desk, Gateway, Policy
from commands.keyring import Keyring
from renderers.documents import Company
from renderers.html_to_pdf import PdfPool
from storage.database import Database
from tests import warm
from tests.builders import NOW
from tests.databases import Fresh, PostgreSQLDatabase, SQLiteFile, server
from tests.dealing import (
    databases_for,
    pytest_collection_modifyitems,
    pytest_xdist_auto_num_workers,
    pytest_xdist_make_scheduler,
)
from tests.fake_balance import MemoryBalance
from tests.fakes import (
    MemoryDisputes,
    MemoryGateway,
    MemoryPayments,
    MemoryRefunds,
    PlainPdfs,
    RecordingAnnouncer,
    RecordingMailer,
    StoppedClock,
    SwitchedAccount,
)

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_xdist_auto_num_workers",
    "pytest_xdist_make_scheduler",
]

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
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteFile]:
    with SQLiteFile(tmp_path_factory.mktemp("database")) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLDatabase]:
    with PostgreSQLDatabase(server()) as fresh:
        yield fresh


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("database_kind", only.args if only else databases_for(metafunc))


@pytest.fixture
def fresh(database_kind: str, request: pytest.FixtureRequest) -> Fresh:
    fixture: Fresh = request.getfixturevalue(database_kind)
    return fixture


@pytest.fixture
def database(fresh: Fresh) -> Database:
    """The migrated database with the cast in it, as if nobody had used it before."""
    fresh.restore()
    return fresh.database


@pytest.fixture(scope="session")
def forkserver() -> None:
    """For whoever makes pools of PDFs."""
    warm.begin()


@pytest.fixture(scope="session")
def pdfs(forkserver: None) -> Iterator[PdfPool]:
    """Real renderers, for all tests of a process."""
    pool = PdfPool(workers=2)
    yield pool
    pool.close()


@dataclass
class Room:
    """A desk whose ports are stand-ins in memory, and the stand-ins themselves."""

    desk: Desk
    clock: StoppedClock
    gateway: MemoryGateway
    account: SwitchedAccount
    mailer: RecordingMailer
    announcer: RecordingAnnouncer
    refunds: MemoryRefunds
    disputes: MemoryDisputes
    balance: MemoryBalance

    @property
    def carriers(self) -> Carriers:
        return Carriers(self.mailer, self.announcer)


@pytest.fixture
def room(database: Database) -> Room:
    return furnished(database)


def furnished(database: Database) -> Room:
    """A room on that database, at the time of the story."""
    clock, gateway, account = StoppedClock(NOW), MemoryGateway(), SwitchedAccount()
    refunds, disputes = MemoryRefunds(), MemoryDisputes()
    payments, balance = MemoryPayments(gateway), MemoryBalance()
    desk = Desk(
        database=database,
        clock=clock,
        company=BLOOM,
        policy=Policy(base_url="https://pay.bloom.test", mail_from="billing@bloom.test"),
        keyring=Keyring((b"a test key that is long enough", b"an older key, still known")),
        gateway=Gateway(gateway, payments, account, gateway, refunds, disputes, balance),
        pdfs=PlainPdfs(),
    )
    mailer, announcer = RecordingMailer(), RecordingAnnouncer()
    return Room(desk, clock, gateway, account, mailer, announcer, refunds, disputes, balance)


# -- what this machine could not run ------------------------------------------------------------


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the gate nothing may be left out."""
    if _left_out(session.config) and os.environ.get("NOTHING_LEFT_OUT"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line: how many tests were left out, and how to get them."""
    count = _left_out(config)
    if count:
        mend = "apt-get install chromium-headless-shell poppler-utils"  # or chromium
        print(f"Left out: {count}. To run them too: {mend}")  # noqa: T201 -- after pytest's own summary


def _left_out(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter else 0

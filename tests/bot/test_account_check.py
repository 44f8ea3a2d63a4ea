"""Nothing starts with a key of another account, or of another mode, than that of the books."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.account_check import checked_desk
from bot.sandbox.stripe.sandbox import StripeSandbox
from bot.settings import SettingError, Settings
from commands.desk import Desk
from storage import gateway_accounts
from storage.database import Database
from storage.gateway_accounts import GatewayAccountRow
from tests.bot.test_settings import GOOD
from tests.builders import NOW, add_customer, add_invoice
from tests.conftest import furnished
from tests.paying import Till

LIVE_KEY, TEST_KEY = "sk_live_1", "sk_test_sandbox"


@pytest.fixture(autouse=True)
def no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(TEST_KEY) as started:
        yield started


@pytest.fixture
def settings(database: Database, sandbox: StripeSandbox) -> Settings:
    own = {
        "DATABASE_URL": database.url,
        "STRIPE_API_KEY": TEST_KEY,
        "STRIPE_API_BASE": sandbox.api_base,
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
    }
    return Settings(GOOD | own)


@pytest.fixture
def start() -> Iterator[Callable[[Settings], Desk]]:
    """`checked_desk`, whose databases are closed in the end."""
    with ExitStack() as opened:

        def run(settings: Settings) -> Desk:
            own = checked_desk(settings)
            opened.callback(own.database.close)
            return own

        yield run


Start = Callable[[Settings], Desk]


def with_key(settings: Settings, key: str, **own: str) -> Settings:
    return Settings({**settings.values, "STRIPE_API_KEY": key, "STRIPE_API_BASE": ""} | own)


def begun(database: Database) -> None:
    """Somebody set out to pay: from here on the books belong to that account."""
    room = furnished(database)
    with database.writing() as session:
        add_customer(session)
        add_invoice(session)
    till = Till(room.desk, room.gateway)
    till.click(till.link("INV-1042"))


def held(database: Database, *, livemode: bool) -> None:
    """The account that the books knew before."""
    row = GatewayAccountRow(
        account_id="acct_1", livemode=livemode, status="active", read_at=NOW, changed_at=NOW
    )
    with database.writing() as session:
        session.add(row)


def kept(desk: Desk) -> GatewayAccountRow | None:
    with desk.database.reading() as session:
        return gateway_accounts.known(session)


def test_the_start_keeps_how_the_account_stands(
    start: Start, settings: Settings, sandbox: StripeSandbox
) -> None:
    sandbox.restrict_account()
    assert start(settings).gateway.account.state().status == "restricted"
    sandbox.unrestrict_account()
    assert start(settings).gateway.account.state().status == "active"


def test_books_of_test_payments_refuse_a_live_key(
    start: Start, settings: Settings, database: Database
) -> None:
    begun(database)
    with pytest.raises(SettingError) as told:
        start(with_key(settings, LIVE_KEY))
    assert str(told.value) == (
        "STRIPE_API_KEY: it is a live key, and the database holds test payments. Use the test key"
        " of the account, or another DATABASE_URL."
    )


def test_books_of_live_payments_refuse_a_test_key(
    start: Start, settings: Settings, database: Database
) -> None:
    begun(database)
    held(database, livemode=True)
    with pytest.raises(SettingError, match="it is a test key, and the database holds live"):
        start(settings)


def test_books_without_payments_take_any_account(
    start: Start, settings: Settings, database: Database
) -> None:
    held(database, livemode=True)
    row = kept(start(settings))
    assert row is not None
    assert (row.account_id, row.livemode) == ("acct_sandbox0000001", False)


def test_another_account_of_the_same_mode_is_refused(
    start: Start, settings: Settings, database: Database
) -> None:
    begun(database)
    held(database, livemode=False)
    with pytest.raises(SettingError, match=r"payments of acct_1"):
        start(settings)


def test_a_verb_ends_with_2_and_one_line(
    start: Start,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    begun(database)
    own = with_key(settings, LIVE_KEY, SMTP_URL="smtp://127.0.0.1:1")
    for name, value in own.values.items():
        monkeypatch.setenv(name, value)
    for verb in ("run-due", "web", "worker", "clock", "serve"):
        assert main([verb]) == 2
        said = capsys.readouterr()
        assert said.err.startswith("STRIPE_API_KEY: it is a live key")
        assert said.err.count("\n") == 1


def test_a_live_key_needs_links_that_nobody_can_listen_to(start: Start, settings: Settings) -> None:
    with pytest.raises(SettingError, match=r"^BASE_URL: must begin with https://"):
        start(with_key(settings, LIVE_KEY))


def test_a_live_key_never_goes_to_a_stand_in(
    start: Start, settings: Settings, sandbox: StripeSandbox
) -> None:
    with pytest.raises(SettingError, match=r"^STRIPE_API_BASE"):
        start(with_key(settings, LIVE_KEY, STRIPE_API_BASE=sandbox.api_base))


def test_while_stripe_does_not_answer_the_start_goes_on(start: Start, settings: Settings) -> None:
    own = start(with_key(settings, TEST_KEY, STRIPE_API_BASE="http://127.0.0.1:9"))
    assert own.gateway.account.state().status == "active"
    assert kept(own) is None


def test_without_a_key_the_books_open_whatever_they_hold(
    start: Start, settings: Settings, database: Database
) -> None:
    begun(database)
    own = start(with_key(settings, ""))
    assert own.gateway.account.state().status == "not_connected"


def test_a_key_that_stripe_rejects_ends_the_start_in_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {**settings.values} | {
        "STRIPE_API_KEY": "sk_test_wrong",
        "SMTP_URL": "smtp://127.0.0.1:1",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    for verb in ("run-due", "web", "worker", "clock", "serve"):
        assert main([verb]) == 2
        said = capsys.readouterr()
        assert said.err.startswith("STRIPE_API_KEY: Stripe rejects it. ")
        assert said.err.count("\n") == 1
        assert "sk_test_wrong" not in said.err + said.out


def test_a_key_that_is_rejected_leaves_what_was_known_of_the_account(
    start: Start, settings: Settings
) -> None:
    before = kept(start(settings))
    with pytest.raises(SettingError, match=r"^STRIPE_API_KEY: Stripe rejects it"):
        start(Settings({**settings.values, "STRIPE_API_KEY": "sk_test_wrong"}))
    assert before is not None
    assert before == kept(start(with_key(settings, "")))

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import KNOWN, SettingError, Settings
from bot.wiring import desk

GOOD = {
    "SECRET_KEY": "a long enough secret key",
    "COMPANY_NAME": "Bloom Wholesale",
    "MAIL_FROM": "billing@bloom.test",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
}


@pytest.fixture(autouse=True)
def no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("values", "reader", "named", "mend"),
    [
        ({"DATABASE_URL": "mysql://x"}, "database_url", "DATABASE_URL", "sqlite:///PATH"),
        ({"BASE_URL": "pay.example.com"}, "base_url", "BASE_URL", "https://pay.example.com"),
        ({"BASE_URL": "http://pay.example.com"}, "base_url", "BASE_URL", "https://"),
        ({}, "secret_keys", "SECRET_KEY", "openssl rand"),
        ({"SECRET_KEY": "changeme"}, "secret_keys", "SECRET_KEY", "too short"),
        ({"COMPANY_TIMEZONE": "Mars/Base"}, "timezone", "COMPANY_TIMEZONE", "America/New_York"),
        ({"DEFAULT_CURRENCY": "usd"}, "default_currency", "DEFAULT_CURRENCY", "USD"),
        ({"MAIL_MODE": "loud"}, "mail_mode", "MAIL_MODE", "live, redirect or hold"),
        ({"MAIL_MODE": "redirect"}, "mail_mode", "MAIL_COPY_TO", "not set"),
        ({"STRIPE_API_KEY": "pk_test_1"}, "stripe_api_key", "STRIPE_API_KEY", "sk_"),
        (
            {"STRIPE_API_KEY": "sk_live_1", "STRIPE_API_BASE": "http://127.0.0.1:1"},
            "stripe_api_base",
            "STRIPE_API_BASE",
            "live key",
        ),
        ({"STRIPE_API_KEY": "sk_test_1"}, "stripe_webhook_secrets", "STRIPE_WEBHOOK", "whsec_"),
        ({"SMTP_URL": "http://mail"}, "smtp_url", "SMTP_URL", "smtps://"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "slack_signing_secret", "SLACK_APP_TOKEN", "Unset it"),
        ({"IMPORT_DIR": "/nowhere/at/all"}, "import_dir", "IMPORT_DIR", "Make it"),
        ({"PORT": "80a"}, "port", "PORT", "whole number"),
        ({"PORT": "70000"}, "port", "PORT", "between 1 and 65535"),
        ({"INVOICE_PREFIX": "INV 1"}, "invoice_prefix", "INVOICE_PREFIX", "INV-"),
        ({"ORDER_PREFIX": "SO*"}, "order_prefix", "ORDER_PREFIX", "SO-"),
        ({"ORDER_PREFIX": "INV-"}, "order_prefix", "ORDER_PREFIX", "must differ"),
    ],
)
def test_a_wrong_value_names_the_setting_and_the_mend(
    values: dict[str, str], reader: str, named: str, mend: str
) -> None:
    with pytest.raises(SettingError) as raised:
        getattr(Settings.load(values), reader)
    assert str(raised.value).startswith(named)
    assert mend in str(raised.value)


def test_dotenv_is_read_and_never_overrides_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMPANY_NAME=From the file\nPORT=9000\n")
    settings = Settings.load({"PORT": "9001"})
    assert (settings.text("COMPANY_NAME"), settings.port) == ("From the file", 9001)


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a secret key from a file\n")
    settings = Settings.load({"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_keys == (b"a secret key from a file",)


def test_orders_are_entered_here_unless_switched_off() -> None:
    assert desk(Settings(GOOD)).policy.order_entry
    own = {"ORDER_ENTRY": "off", "INVOICE_PREFIX": "R-", "ORDER_PREFIX": "A-"}
    policy = desk(Settings(GOOD | own)).policy
    assert (policy.order_entry, policy.invoice_prefix, policy.order_prefix) == (False, "R-", "A-")
    with pytest.raises(SettingError, match="ORDER_ENTRY: must be on or off"):
        desk(Settings(GOOD | {"ORDER_ENTRY": "no"}))


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="SECRET_KEY_FILE"):
        Settings.load({"SECRET_KEY_FILE": str(tmp_path / "nowhere")})


def test_a_missing_setting_ends_the_verb_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    assert main(["worker"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("COMPANY_NAME: not set.")
    assert len(said.splitlines()) == 1


def test_several_secret_keys_are_kept_newest_first() -> None:
    settings = Settings.load({"SECRET_KEY": "the newest secret key, the older secret key"})
    assert settings.secret_keys == (b"the newest secret key", b"the older secret key")


def told_by(verb: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a verb ends with when it cannot start."""
    assert main([verb]) == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment in which nothing is missing but what a test takes away."""
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/own.db", "SMTP_URL": "smtp://127.0.0.1:25"}
    for name, value in (GOOD | own).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("verb", ["web", "serve"])
def test_what_web_misses_is_said_before_anything_is_asked(
    verb: str, good: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good.setenv("STRIPE_API_KEY", "sk_test_1")
    good.setenv("STRIPE_API_BASE", "http://127.0.0.1:1")
    assert told_by(verb, capsys).startswith("STRIPE_WEBHOOK_SECRET: not set.")


def test_serve_itself_says_what_its_worker_misses(
    good: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good.delenv("SMTP_URL")
    assert told_by("serve", capsys).startswith("SMTP_URL: not set.")


@pytest.mark.parametrize("url", ["smtp://mail:abc", "smtp://mail?starttls=perhaps"])
def test_a_wrong_mail_server_is_one_line(
    url: str, good: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good.setenv("SMTP_URL", url)
    assert told_by("worker", capsys).startswith("SMTP_URL: ")


@pytest.mark.parametrize("verb", ["export-ledger", "people", "run-due"])
def test_a_database_without_our_schema_is_one_line(
    verb: str, good: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told_by(verb, capsys).endswith("python -m bot migrate")


def test_a_database_that_cannot_be_opened_is_one_line(
    good: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    good.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/file/own.db")
    assert told_by("migrate", capsys).startswith("DATABASE_URL: cannot be opened")


@pytest.mark.parametrize("logo", ["nowhere.svg", "https://bloom.test/logo.svg", "notes.txt"])
def test_a_logo_that_cannot_be_shown_is_told_at_the_start(tmp_path: Path, logo: str) -> None:
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(SettingError, match=r"^COMPANY_LOGO: "):
        desk(Settings(GOOD | {"COMPANY_LOGO": logo}))


def test_a_database_out_of_reach_is_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql+psycopg://bloom:hunter22@127.0.0.1:9/books"
    monkeypatch.setenv("DATABASE_URL", url)
    for verb in (["migrate"], ["export-ledger"], ["people"]):
        assert main(verb) == 1
        [line] = capfd.readouterr().err.splitlines()
        assert line.startswith("DATABASE_URL: the database cannot be reached")
        assert "hunter22" not in line


def test_the_folder_to_watch_is_checked_at_the_start_of_each_verb_that_looks_at_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (GOOD | {"SMTP_URL": "smtp://127.0.0.1", "IMPORT_DIR": "gone"}).items():
        monkeypatch.setenv(name, value)
    assert main(["migrate"]) == 0  # it asks only for what it uses
    for verb in ("clock", "run-due", "serve"):
        assert main([verb]) == 2
        assert capsys.readouterr().err == "IMPORT_DIR: gone is no folder. Make it, or unset this.\n"


def test_without_a_folder_nothing_is_watched() -> None:
    assert Settings({}).import_dir is None

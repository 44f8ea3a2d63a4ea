"""The environment, read once. Each verb asks only for what it uses; a wrong value is one sentence.

`.env` is read when present and never overrides what is set; `NAME_FILE` reads a value from a file.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from commands.rules.addresses import BadAddress, usable
from commands.rules.periods import Cadence, SeedSchedule
from renderers.links import UnsafeLink, allowed_link
from storage.money import is_currency

_LIVE_KEY = re.compile(r"^(sk|rk)_live_")
_PLACEHOLDERS = frozenset({"changeme", "change-me", "secret", "xxx", "todo", "password"})
_SHORTEST_SECRET = 8
_LAST_PORT = 65535


class SettingError(Exception):
    """One setting is missing or wrong; the text names it and the mend."""

    def __init__(self, name: str, mend: str) -> None:
        super().__init__(f"{name}: {mend}")


@dataclass(frozen=True, slots=True)
class Settings:
    values: Mapping[str, str]

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The process's environment over `.env`, with every `NAME_FILE` read."""
        own = os.environ if environment is None else environment
        merged = {name: value for name, value in dotenv_values(".env").items() if value is not None}
        merged |= own
        return cls({**merged, **_from_files(merged)})

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def required(self, name: str, what: str) -> str:
        value = self.text(name)
        if not value:
            raise SettingError(name, f"not set. Set it to {what}.")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            raise SettingError(name, f"must be a whole number such as {default}, not {value!r}.")
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "on" if default else "off")
        if value not in {"on", "off"}:
            raise SettingError(name, f"must be on or off, not {value!r}.")
        return value == "on"

    def address(self, name: str, *, default: str | None = None) -> str:
        """A single e-mail address; `default` None makes it required."""
        value = self.text(name, default or "")
        if not value and default is None:
            raise SettingError(name, "not set. Set it to an e-mail address.")
        if value:
            _check_address(name, value)
        return value

    @property
    def database_url(self) -> str:
        url = self.text("DATABASE_URL", "sqlite:///var/payment-links.db")
        if not re.match(r"sqlite:///.|postgresql\+psycopg://", url):
            mend = "must look like sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."
            raise SettingError("DATABASE_URL", mend)
        return url

    @property
    def base_url(self) -> str:
        url = self.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise SettingError("BASE_URL", "must be an origin such as https://pay.example.com.")
        try:
            allowed_link(url)
        except UnsafeLink:
            mend = "must begin with https:// unless the host is inside a private network."
            raise SettingError("BASE_URL", mend) from None
        return url

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """Newest first."""
        what = "a long random text, for example from: openssl rand -hex 32"
        keys = [key.strip() for key in self.required("SECRET_KEY", what).split(",") if key.strip()]
        if any(len(key) < _SHORTEST_SECRET or key.lower() in _PLACEHOLDERS for key in keys):
            raise SettingError("SECRET_KEY", f"too short to be secret. Set it to {what}.")
        return tuple(key.encode() for key in keys)

    @property
    def timezone(self) -> ZoneInfo:
        name = self.text("COMPANY_TIMEZONE", "UTC")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            mend = f"{name!r} is not a time zone. Use a name such as America/New_York."
            raise SettingError("COMPANY_TIMEZONE", mend) from None

    @property
    def default_currency(self) -> str:
        code = self.text("DEFAULT_CURRENCY", "USD")
        if not is_currency(code):
            mend = f"{code!r} is not an ISO 4217 currency such as USD."
            raise SettingError("DEFAULT_CURRENCY", mend)
        return code

    @property
    def mail_mode(self) -> str:
        mode = self.text("MAIL_MODE", "live")
        if mode not in {"live", "redirect", "hold"}:
            raise SettingError("MAIL_MODE", f"must be live, redirect or hold, not {mode!r}.")
        if mode == "redirect" and not self.text("MAIL_COPY_TO"):
            raise SettingError(
                "MAIL_COPY_TO", "not set. MAIL_MODE=redirect sends everything there."
            )
        return mode

    @property
    def invoice_prefix(self) -> str:
        return self._prefix("INVOICE_PREFIX", "INV-")

    @property
    def order_prefix(self) -> str:
        prefix = self._prefix("ORDER_PREFIX", "SO-")
        if prefix == self.invoice_prefix:
            mend = "must differ from INVOICE_PREFIX: orders would take invoices' numbers."
            raise SettingError("ORDER_PREFIX", mend)
        return prefix

    def _prefix(self, name: str, default: str) -> str:
        """What stands before the number, so that it can be typed after /pay."""
        value = self.text(name, default)
        if not re.fullmatch(r"[A-Za-z0-9._/-]{1,20}", value, re.ASCII):
            mend = f"must be 1 to 20 letters, digits or . _ / - such as {default}, not {value!r}."
            raise SettingError(name, mend)
        return value

    @property
    def statement_schedule(self) -> SeedSchedule | None:
        """None: not set, so that whatever is stored stays as it is."""
        if not self.text("STATEMENT_SCHEDULE"):
            return None
        name, _, day = self.text("STATEMENT_SCHEDULE").partition("@")
        mend = "must be off, weekly, semimonthly or monthly, with @YYYY-MM-DD or without"
        cadence = next((one for one in get_args(Cadence) if one == name), None)
        if cadence is None and (name != "off" or day):
            raise SettingError("STATEMENT_SCHEDULE", f"{mend}, not {name!r}.")
        try:
            since = date.fromisoformat(day) if day else None
        except ValueError:
            raise SettingError("STATEMENT_SCHEDULE", f"{mend}; {day!r} is no day.") from None
        return SeedSchedule(cadence, since)

    @property
    def import_dir(self) -> Path | None:
        """The folder that is watched; None: nobody imports but people."""
        named = self.text("IMPORT_DIR")
        if not named:
            return None
        folder = Path(named)
        if not folder.is_dir():
            raise SettingError("IMPORT_DIR", f"{named} is no folder. Make it, or unset this.")
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            mend = f"{named} must be readable and writable: imported files are moved inside it."
            raise SettingError("IMPORT_DIR", mend)
        return folder

    @property
    def stripe_api_key(self) -> str:
        """Empty: no account connected, documents go without links."""
        key = self.text("STRIPE_API_KEY")
        if key and not re.match(r"(sk|rk)_(live|test)_", key):
            raise SettingError("STRIPE_API_KEY", "must begin with sk_ or rk_, then live_ or test_.")
        return key

    @property
    def stripe_is_live(self) -> bool:
        """Whether the key moves real money."""
        return bool(_LIVE_KEY.match(self.stripe_api_key))

    @property
    def stripe_api_base(self) -> str:
        """Empty: Stripe's own."""
        base = self.text("STRIPE_API_BASE")
        if base and self.stripe_is_live:
            mend = "must not be set together with a live key. Unset it, or use a test key."
            raise SettingError("STRIPE_API_BASE", mend)
        return base.rstrip("/")

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        """Two while rolling; required once there is a key."""
        if not self.stripe_api_key:
            return ()
        what = "the signing secret of the webhook endpoint (whsec_…)"
        listed = self.required("STRIPE_WEBHOOK_SECRET", what).split(",")
        return tuple(secret.strip() for secret in listed if secret.strip())

    @property
    def slack_api_url(self) -> str:
        """Slack's own unless set; ends in a slash as slack_sdk wants it."""
        return self.text("SLACK_API_URL", "https://slack.com/api/").rstrip("/") + "/"

    @property
    def slack_bot_token(self) -> str:
        return self.required("SLACK_BOT_TOKEN", "the bot token of the Slack app (xoxb-…)")

    @property
    def slack_signing_secret(self) -> str:
        if self.text("SLACK_APP_TOKEN"):
            mend = "Socket Mode is not built yet. Unset it and let Slack reach POST /slack/events."
            raise SettingError("SLACK_APP_TOKEN", mend)
        return self.required("SLACK_SIGNING_SECRET", "the signing secret of the Slack app")

    @property
    def smtp_url(self) -> str:
        url = self.required("SMTP_URL", "smtp://user:pass@host:587?starttls=required")
        if urlsplit(url).scheme not in {"smtp", "smtps"} or not urlsplit(url).hostname:
            raise SettingError("SMTP_URL", "must look like smtp://user:pass@host:587 or smtps://….")
        return url

    @property
    def port(self) -> int:
        port = self.whole("PORT", 8000)
        if not 0 < port <= _LAST_PORT:
            raise SettingError("PORT", f"must be between 1 and {_LAST_PORT}, not {port}.")
        return port

    @property
    def host(self) -> str:
        return self.text("HOST", "127.0.0.1")


def _from_files(values: Mapping[str, str]) -> dict[str, str]:
    read: dict[str, str] = {}
    for name, path in values.items():
        if not re.fullmatch(r"[A-Z][A-Z_]+_FILE", name) or not path:
            continue
        setting = name.removesuffix("_FILE")
        if setting not in KNOWN:
            continue
        try:
            read[setting] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(name, f"cannot be read ({error}). Name a readable file.") from None
    return read


def _check_address(name: str, value: str) -> None:
    try:
        usable(value)
    except BadAddress as error:
        raise SettingError(name, f"{value!r} is not an e-mail address: {error}") from None


KNOWN = frozenset(
    "DATABASE_URL BASE_URL HOST PORT SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_APP_TOKEN "
    "SLACK_API_URL SLACK_PAYMENTS_CHANNEL STRIPE_API_KEY STRIPE_WEBHOOK_SECRET STRIPE_API_BASE "
    "SMTP_URL MAIL_FROM MAIL_REPLY_TO MAIL_COPY_TO MAIL_MODE COMPANY_NAME COMPANY_ADDRESS "
    "COMPANY_PHONE COMPANY_EMAIL COMPANY_TAX_ID COMPANY_LOGO REMIT_TO COMPANY_TIMEZONE "
    "DEFAULT_CURRENCY INVOICE_PREFIX ORDER_PREFIX ORDER_ENTRY SECRET_KEY SEND_HOLD_SECONDS "
    "KEEP_DOCUMENTS_DAYS AUTO_INVOICE_MAX_AGE_DAYS IMPORT_DIR IMPORT_OVERDUE_HOURS "
    "PARTIAL_PAYMENTS STATEMENT_SCHEDULE REFUND_SECOND_PERSON_OVER APPROVAL_MAX_CUSTOMERS "
    "APPROVAL_MAX_TOTAL APPROVAL_SECOND_PERSON_OVER BULK_HOLD_SECONDS".split()
)

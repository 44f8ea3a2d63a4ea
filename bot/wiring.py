"""The composition root: the only place that picks adapters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import storage.tables  # noqa: F401 -- whatever a process uses, foreign keys find their tables
from bot.settings import SettingError, Settings
from commands.desk import Carriers, Desk, Gateway, Policy
from commands.errors import RenderFailed
from commands.keyring import Keyring
from commands.payments_account.stored import StoredAccount
from commands.ports import Clock, EventVerifier, SystemClock
from renderers.documents import Company
from renderers.logos import BadLogo, logo_address
from storage.database import Database

if TYPE_CHECKING:  # WeasyPrint takes long to load; only rendering needs it
    from renderers.html_to_pdf import PdfPool


def open_database(settings: Settings) -> Database:
    url = settings.database_url
    try:
        return Database(url)
    except ModuleNotFoundError as missing:
        mend = f"PostgreSQL needs {missing.name}: install payment-links[postgresql]."
        raise SettingError("DATABASE_URL", mend) from None
    except OSError as error:
        mend = f"cannot be opened ({error}). Name a file in a folder that can be written to."
        raise SettingError("DATABASE_URL", mend) from error


def migrated_database(settings: Settings) -> Database:
    """For verbs that end by themselves: nothing comes later that would bring the schema."""
    from storage.schema import is_current

    database = open_database(settings)
    if not is_current(database):
        mend = "the database has another schema. Bring it to ours with: python -m bot migrate"
        raise SettingError("DATABASE_URL", mend)
    return database


def check(settings: Settings) -> None:
    """Raise `SettingError` for whatever a process of `serve` would miss; opens nothing."""
    check_web(settings)
    _ = settings.import_dir
    carriers(settings)


def check_web(settings: Settings) -> None:
    _check_desk(settings)
    _ = settings.secret_keys, settings.stripe_webhook_secrets, settings.stripe_api_base
    _ = settings.slack_bot_token, settings.slack_signing_secret, settings.port
    company(settings)
    policy(settings)


def _check_desk(settings: Settings) -> None:
    settings.required("COMPANY_NAME", "the seller's name, as on its invoices")
    settings.address("MAIL_FROM")
    _require_logo(settings.text("COMPANY_LOGO"))


def desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """Everything a service of `web`, `worker` or `clock` works with."""
    _check_desk(settings)
    database = open_database(settings)
    return Desk(
        database=database,
        clock=clock or SystemClock(),
        company=company(settings),
        policy=policy(settings),
        keyring=Keyring(settings.secret_keys),
        gateway=gateway(settings, database),
        pdfs=_Pdfs(),
    )


def office_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """For verbs that only read and write the ledger: nothing can be rendered, sent or charged."""
    return Desk(
        database=migrated_database(settings),
        clock=clock or SystemClock(),
        company=company(settings),
        policy=policy(settings),
        keyring=Keyring(()),
        gateway=_not_connected(),
        pdfs=_NoPdfs(),
    )


def _require_logo(path: str) -> None:
    """Told at the start: every document and page shows it, and each would fail for good."""
    try:
        logo_address(path)
    except BadLogo as error:
        raise SettingError("COMPANY_LOGO", f"{error}.") from error
    except OSError as error:
        mend = f"{path} cannot be read ({error.strerror}). Set it to the path of an image file."
        raise SettingError("COMPANY_LOGO", mend) from error


def company(settings: Settings) -> Company:
    def lines(name: str) -> str:
        # A .env file and most panels hold one line: \n stands for a new one.
        return settings.text(name).replace("\\n", "\n")

    return Company(
        name=settings.text("COMPANY_NAME"),
        address=lines("COMPANY_ADDRESS"),
        phone=settings.text("COMPANY_PHONE"),
        email=settings.address("COMPANY_EMAIL", default=""),
        tax_id=settings.text("COMPANY_TAX_ID"),
        logo=settings.text("COMPANY_LOGO"),
        remit_to=lines("REMIT_TO"),
    )


def policy(settings: Settings) -> Policy:
    timezone: ZoneInfo = settings.timezone
    return Policy(
        base_url=settings.base_url,
        payments_channel=settings.text("SLACK_PAYMENTS_CHANNEL", "#payments"),
        timezone=timezone,
        default_currency=settings.default_currency,
        send_hold_seconds=settings.whole("SEND_HOLD_SECONDS", 10),
        mail_from=settings.address("MAIL_FROM", default=""),
        mail_reply_to=settings.address("MAIL_REPLY_TO", default=""),
        mail_copy_to=settings.address("MAIL_COPY_TO", default=""),
        mail_mode=settings.mail_mode,
        order_entry=settings.switch("ORDER_ENTRY", default=True),
        invoice_prefix=settings.invoice_prefix,
        order_prefix=settings.order_prefix,
        auto_invoice_max_age_days=settings.whole("AUTO_INVOICE_MAX_AGE_DAYS", 3),
        import_overdue_hours=settings.whole("IMPORT_OVERDUE_HOURS", 26),
        partial_payments=settings.switch("PARTIAL_PAYMENTS", default=True),
        livemode=settings.stripe_is_live,
        statement_schedule=settings.statement_schedule,
        refund_second_person_over=settings.whole("REFUND_SECOND_PERSON_OVER", 1000),
        bulk_hold_seconds=settings.whole("BULK_HOLD_SECONDS", 120),
        approval_max_customers=settings.whole("APPROVAL_MAX_CUSTOMERS", 1),
        approval_max_total=settings.whole("APPROVAL_MAX_TOTAL", 10_000),
        approval_second_person_over=settings.whole("APPROVAL_SECOND_PERSON_OVER", 50_000),
    )


def gateway(settings: Settings, database: Database) -> Gateway:
    """Stripe when there is a key, else an account that is not connected."""
    if not settings.stripe_api_key:
        return _not_connected()
    from bot.adapters.stripe_account import StripeAccount
    from bot.adapters.stripe_balance import StripeBalance
    from bot.adapters.stripe_client import connect
    from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
    from bot.adapters.stripe_history import StripeHistory
    from bot.adapters.stripe_money_back import StripeDisputes, StripeRefunds

    client = connect(settings.stripe_api_key, settings.stripe_api_base or None)
    return Gateway(
        StripeCheckouts(client),
        StripePayments(client),
        StoredAccount(database, StripeAccount(client)),
        StripeHistory(client, livemode=settings.stripe_is_live),
        StripeRefunds(client),
        StripeDisputes(client),
        StripeBalance(client),
    )


def event_verifier(settings: Settings) -> EventVerifier:
    """Refuses everything while there is no webhook secret."""
    from bot.adapters.stripe_webhooks import StripeEventVerifier

    secrets = settings.stripe_webhook_secrets
    return StripeEventVerifier(secrets, livemode=settings.stripe_is_live)


def carriers(settings: Settings) -> Carriers:
    """The ways out: mail and Slack."""
    from bot.adapters.slack_announcer import SlackAnnouncer
    from bot.adapters.smtp_mailer import BadSmtpUrl, SmtpMailer

    announcer = SlackAnnouncer(settings.slack_bot_token, base_url=settings.slack_api_url)
    try:
        return Carriers(SmtpMailer(settings.smtp_url), announcer)
    except BadSmtpUrl as error:
        raise SettingError("SMTP_URL", f"{error}.") from error


def _not_connected() -> Gateway:
    from bot.adapters.not_connected import NotConnected

    nobody = NotConnected()
    return Gateway(nobody, nobody, nobody, nobody, nobody, nobody, nobody)


@dataclass(slots=True)
class _Pdfs:
    """The children that render, started with the first document; their error in our words."""

    pool: "PdfPool | None" = None

    def render(self, html: str, *, title: str) -> bytes:
        from renderers import html_to_pdf

        if self.pool is None:
            self.pool = html_to_pdf.PdfPool()
        try:
            return self.pool.render(html, title=title)
        except html_to_pdf.RenderFailed as error:
            raise RenderFailed(f"The PDF could not be made: {error}") from error

    def close(self) -> None:
        if self.pool is not None:
            self.pool.close()


class _NoPdfs:
    def render(self, html: str, *, title: str) -> bytes:  # noqa: ARG002 -- the port's signature
        raise RenderFailed("This command renders no documents.")

    def close(self) -> None:
        """Nothing was started."""

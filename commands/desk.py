"""The desk a service works at: the company's values and whatever the service may reach."""

from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from commands.balance_ports import GatewayBalance
from commands.keyring import Keyring
from commands.ports import (
    Announcer,
    Checkouts,
    Clock,
    Disputes,
    GatewayAccount,
    GatewayHistory,
    GatewayPayments,
    Mailer,
    PdfRenderer,
    Refunds,
)
from commands.rules.periods import SeedSchedule
from renderers.documents import Company
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Policy:
    base_url: str = "http://127.0.0.1:8000"
    payments_channel: str = "#payments"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    default_currency: str = "USD"
    send_hold_seconds: int = 10
    bulk_hold_seconds: int = 120
    mail_from: str = ""
    mail_reply_to: str = ""
    mail_copy_to: str = ""
    mail_mode: str = "live"
    order_entry: bool = True  # False: orders come from the ERP alone
    invoice_prefix: str = "INV-"  # of the numbers of invoices that are issued here
    order_prefix: str = "SO-"
    auto_invoice_max_age_days: int = 3
    import_overdue_hours: int = 26  # 0: nobody is told
    partial_payments: bool = True  # whether a customer may pay part of what a link asks for
    livemode: bool = False  # whether the gateway's key moves real money
    # Whole units of the default currency; a refund above asks a second person.
    refund_second_person_over: int = 1000
    statement_schedule: SeedSchedule | None = None
    # Of a bulk send without asking; totals in whole units of the default currency.
    approval_max_customers: int = 1
    approval_max_total: int = 10_000
    approval_second_person_over: int = 50_000  # above, Admin and Sales Manager ask too

    @property
    def mail_domain(self) -> str:
        """The right-hand side of our Message-IDs."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2] or "localhost"

    def today(self, now: datetime) -> date:
        """The business date of an instant."""
        return now.astimezone(self.timezone).date()


@dataclass(frozen=True, slots=True)
class Gateway:
    checkouts: Checkouts
    payments: GatewayPayments
    account: GatewayAccount
    history: GatewayHistory
    refunds: Refunds
    disputes: Disputes
    balance: GatewayBalance


@dataclass(frozen=True, slots=True)
class Carriers:
    """What only a worker has: the ways out of the house."""

    mailer: Mailer
    announcer: Announcer


@dataclass(frozen=True, slots=True)
class Desk:
    database: Database
    clock: Clock
    company: Company
    policy: Policy
    keyring: Keyring
    gateway: Gateway
    pdfs: PdfRenderer

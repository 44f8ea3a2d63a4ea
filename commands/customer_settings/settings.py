"""What can be set for a customer, and how it stands."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from commands.errors import NotFound
from storage import audit, customers, payment_links, users
from storage.customers import Customer


@dataclass(frozen=True, slots=True)
class Settings:
    """`sales_rep` is a Slack id; "" where nothing is set."""

    links_enabled: bool
    invoice_emails: tuple[str, ...]
    statement_emails: tuple[str, ...]  # empty: those for invoices
    group: str
    preferred_method: str
    sales_rep: str
    locale: str

    @property
    def fingerprint(self) -> str:
        """Changes whenever one of them does."""
        written = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class LastChange:
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`refused`: the mail server's words by address."""

    customer_id: str
    name: str
    settings: Settings
    sales_rep_name: str
    disabled_reason: str
    links_kept: bool
    open_links: int
    refused: dict[str, str]
    last_change: LastChange | None


ACTION = "save_customer_settings"


def read(session: Session, customer_id: str) -> Standing:
    """Raises `NotFound`."""
    customer = customers.find(session, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.")
    rep = users.find(session, customer.sales_rep) if customer.sales_rep else None
    return Standing(
        customer_id=customer.id,
        name=customer.name,
        settings=of(session, customer),
        sales_rep_name=rep.name if rep else "",
        disabled_reason=customer.links_disabled_reason,
        links_kept=customer.open_links_kept,
        open_links=len(payment_links.open_of_customer(session, customer.id)),
        refused=_refused(session, customer.id),
        last_change=_last_change(session, customer.id),
    )


def of(session: Session, customer: Customer) -> Settings:
    return Settings(
        links_enabled=customer.payment_links_enabled,
        invoice_emails=_addresses(session, customer.id, "invoice"),
        statement_emails=_addresses(session, customer.id, "statement"),
        group=customer.group,
        preferred_method=customer.preferred_method,
        sales_rep=customer.sales_rep or "",
        locale=customer.locale,
    )


def _addresses(session: Session, customer_id: str, purpose: customers.Purpose) -> tuple[str, ...]:
    return tuple(row.address for row in customers.contacts(session, customer_id, purpose))


def _refused(session: Session, customer_id: str) -> dict[str, str]:
    rows = [
        *customers.contacts(session, customer_id, "invoice"),
        *customers.contacts(session, customer_id, "statement"),
    ]
    return {row.address: row.refused for row in rows if row.refused}


def _last_change(session: Session, customer_id: str) -> LastChange | None:
    entry = audit.latest(session, ACTION, customer_id)
    if entry is None:
        return None
    by = users.find(session, entry.actor)
    return LastChange(entry.at, by.name if by else entry.actor)

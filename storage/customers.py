"""Customers and the addresses that their documents go to."""

from collections.abc import Iterable
from typing import Any, Literal

from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage import bulk
from storage.columns import STRICT, Flag, Json, Text, one_of, rule
from storage.users import User

Purpose = Literal["invoice", "statement"]


class Customer(SQLModel, table=True):
    __tablename__ = "customers"
    __table_args__ = (rule("terms_not_negative", "terms_days >= 0"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text, index=True)
    billing_address: str = Field(default="", sa_type=Text)
    tax_id: str = Field(default="", sa_type=Text)
    phone: str = Field(default="", sa_type=Text)
    group: str = Field(default="", sa_type=Text, index=True)
    currency: str = Field(sa_type=Text)
    terms_days: int = 30
    payment_links_enabled: bool = Field(default=True, sa_type=Flag)
    links_disabled_reason: str = Field(default="", sa_type=Text)
    auto_invoice: bool = Field(default=True, sa_type=Flag)
    sales_rep: str | None = Field(default=None, foreign_key="users.id", index=True, sa_type=Text)
    preferred_method: str = Field(default="", sa_type=Text)
    locale: str = Field(default="", sa_type=Text)
    # The row's own columns as last imported: what was changed in Slack since stays.
    imported: dict[str, Any] | None = Field(default=None, sa_type=Json)


class Contact(SQLModel, table=True):
    __tablename__ = "contacts"
    __table_args__ = (one_of("purpose", Purpose), STRICT)

    customer_id: str = Field(primary_key=True, foreign_key="customers.id", sa_type=Text)
    purpose: Purpose = Field(primary_key=True, sa_type=Text)
    address: str = Field(primary_key=True, sa_type=Text)
    position: int = 0
    # The mail server's words when it refused the address for good; empty while it works.
    refused: str = Field(default="", sa_type=Text)


def find(session: Session, customer_id: str) -> Customer | None:
    return session.get(Customer, customer_id)


def names(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    """The name of each of these customers."""
    found = bulk.columns_by_keys(session, [Customer.id, Customer.name], Customer.id, customer_ids)
    return {row[0]: row[1] for row in found}


def lock(session: Session, customer_id: str) -> Customer | None:
    """The row, held until the unit of work ends (SQLite: the whole database already is)."""
    held = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def lock_all(session: Session, customer_ids: Iterable[str]) -> None:
    """Hold many rows, always in the same order, so that two callers cannot wait for each other."""
    for batch in bulk.chunks(sorted(set(customer_ids))):
        held = select(Customer.id).where(col(Customer.id).in_(batch)).order_by(Customer.id)
        session.exec(held.with_for_update(key_share=True)).all()


def contacts(session: Session, customer_id: str, purpose: Purpose) -> list[Contact]:
    own = select(Contact).where(Contact.customer_id == customer_id, Contact.purpose == purpose)
    return list(session.exec(own.order_by(col(Contact.position), Contact.address)))


def known_addresses(session: Session, customer_id: str) -> set[str]:
    """Lower-cased addresses on file for the customer, for any purpose."""
    own = select(Contact.address).where(Contact.customer_id == customer_id)
    return {address.lower() for address in session.exec(own)}


def replace_contacts(
    session: Session, customer_id: str, purpose: Purpose, addresses: list[str]
) -> None:
    """Put `addresses` on file in that order; one that was refused before stays marked so."""
    refused = {row.address: row.refused for row in contacts(session, customer_id, purpose)}
    own = (col(Contact.customer_id) == customer_id) & (col(Contact.purpose) == purpose)
    session.exec(delete(Contact).where(own))
    for position, address in enumerate(addresses):
        row = Contact(customer_id=customer_id, purpose=purpose, address=address, position=position)
        row.refused = refused.get(address, "")
        session.add(row)


def mark_refused(session: Session, customer_id: str, address: str, reply: str) -> None:
    own = select(Contact).where(Contact.customer_id == customer_id, Contact.address == address)
    for row in session.exec(own):
        row.refused = reply
        session.add(row)


def sales_reps(session: Session) -> list[User]:
    """Whoever has customers, by name."""
    having = select(Customer.sales_rep).where(col(Customer.sales_rep).is_not(None))
    people = select(User).where(col(User.id).in_(having.distinct()))
    return list(session.exec(people.order_by(User.name, User.id)))


def groups(session: Session) -> list[str]:
    """Every group that has customers, by name."""
    named = select(Customer.group).where(Customer.group != "").distinct()
    return list(session.exec(named.order_by(Customer.group)))

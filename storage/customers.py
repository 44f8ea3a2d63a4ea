"""Customers and the addresses that their documents go to."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, false
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, SQLModel, col, delete, func, select
from sqlmodel.sql.expression import SelectOfScalar

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
    # Disabled, but what was out before can still be paid: whoever disabled them chose so.
    open_links_kept: bool = Field(default=False, sa_type=Flag)
    auto_invoice: bool = Field(default=True, sa_type=Flag)
    sales_rep: str | None = Field(default=None, foreign_key="users.id", index=True, sa_type=Text)
    preferred_method: str = Field(default="", sa_type=Text)
    locale: str = Field(default="", sa_type=Text)
    # The row's own columns as last imported: what was changed in Slack since stays.
    imported: dict[str, Any] | None = Field(default=None, sa_type=Json)

    @property
    def has_usable_links(self) -> bool:
        """Whether a link that is out can be paid through; a new one needs more than that."""
        return self.payment_links_enabled or self.open_links_kept


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
    return session.exec(_held(), params={"id": customer_id}).first()


@cache
def _held() -> SelectOfScalar[Customer]:
    """Built once: whoever writes asks it first."""
    held = select(Customer).where(Customer.id == bindparam("id")).with_for_update(key_share=True)
    return held.execution_options(populate_existing=True)


def lock_all(session: Session, customer_ids: Iterable[str]) -> None:
    """Hold many rows, always in the same order, so that two callers cannot wait for each other."""
    for batch in bulk.chunks(sorted(set(customer_ids))):
        held = select(Customer.id).where(col(Customer.id).in_(batch)).order_by(Customer.id)
        session.exec(held.with_for_update(key_share=True)).all()


def contacts(session: Session, customer_id: str, purpose: Purpose) -> list[Contact]:
    own = {"customer": customer_id, "purpose": purpose}
    return list(session.exec(_contacts(), params=own))


@cache
def _contacts() -> SelectOfScalar[Contact]:
    own = select(Contact).where(
        Contact.customer_id == bindparam("customer"), Contact.purpose == bindparam("purpose")
    )
    return own.order_by(col(Contact.position), Contact.address)


def ids_in_groups(session: Session, names: list[str], after: str, limit: int) -> list[str]:
    """The first ids above `after`, in order."""
    own = select(Customer.id).where(Customer.id > after, col(Customer.group).in_(names))
    return list(session.exec(own.order_by(Customer.id).limit(limit)))


def ids_outside_groups(session: Session, names: list[str], after: str, limit: int) -> list[str]:
    """The first ids above `after`, in order."""
    own = select(Customer.id).where(Customer.id > after, col(Customer.group).not_in(names))
    return list(session.exec(own.order_by(Customer.id).limit(limit)))


def count(session: Session, group: str = "") -> int:
    """Of the group; "": all."""
    own = select(func.count()).select_from(Customer)
    return session.exec(own.where(Customer.group == group) if group else own).one()


def usable_addresses(session: Session, ids: list[str]) -> dict[str, int]:
    """How many addresses for statements work, of customers with any; else those for invoices."""
    found: dict[str, dict[str, int]] = {}
    for row in session.exec(select(Contact).where(col(Contact.customer_id).in_(ids))):
        own = found.setdefault(row.customer_id, {})
        own[row.purpose] = own.get(row.purpose, 0) + (not row.refused)
    return {whose: own.get("statement", own.get("invoice", 0)) for whose, own in found.items()}


def with_links_disabled(session: Session, ids: list[str]) -> set[str]:
    """Those of `ids` whose new documents carry no link."""
    own = select(Customer.id).where(
        col(Customer.id).in_(ids), col(Customer.payment_links_enabled) == false()
    )
    return set(session.exec(own))


def contacts_of_all(
    session: Session, customer_ids: Iterable[str], purpose: Purpose
) -> dict[str, list[Contact]]:
    """By customer, in their order; a customer without any is not there."""
    rows = bulk.by_keys(session, Contact, Contact.customer_id, customer_ids)
    found: dict[str, list[Contact]] = {}
    for row in sorted(rows, key=lambda row: (row.customer_id, row.position, row.address)):
        if row.purpose == purpose:
            found.setdefault(row.customer_id, []).append(row)
    return found


def groups(session: Session, limit: int = 1000) -> list[str]:
    """The groups that customers are in, by name; the first `limit`."""
    used = select(Customer.group).where(Customer.group != "").distinct()
    return list(session.exec(used.order_by(Customer.group).limit(limit)))


def known_addresses(session: Session, customer_id: str) -> set[str]:
    """Lower-cased addresses on file for the customer, for any purpose."""
    found = bulk.tuples(session, _addresses(), customer=customer_id)
    return {row[0].lower() for row in found}


@cache
def _addresses() -> Select[Any]:
    row = bulk.table(Contact).c
    return sa_select(row.address).where(row.customer_id == bindparam("customer"))


def addresses_on_file(session: Session, customer_ids: Iterable[str]) -> dict[str, set[str]]:
    """Lower-cased addresses on file for each of these customers, for any purpose."""
    found: dict[str, set[str]] = {}
    columns = [Contact.customer_id, Contact.address]
    for owner, address in bulk.columns_by_keys(session, columns, Contact.customer_id, customer_ids):
        found.setdefault(owner, set()).add(address.lower())
    return found


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

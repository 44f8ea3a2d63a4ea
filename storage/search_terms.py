"""An index of words for searching by their beginnings, the same on both databases.

Every invoice and order is listed under its number, the number without its prefix, and its PO;
every customer under each word of the name and the id. A search for several words wants all of them.
"""

import re
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Index, func, or_, text
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage import bulk
from storage.columns import STRICT, Text, one_of
from storage.customers import Customer
from storage.invoices import Invoice
from storage.orders import Order

Kind = Literal["invoice", "customer", "order"]

_LAST = "\U0010ffff"
_BROAD = 2000  # invoices or orders
# Literal, so that the partial indexes can be used.
_IS_OPEN = (col(Invoice.lifecycle) == text("'issued'")) & (Invoice.total != col(Invoice.allocated))


class SearchTerm(SQLModel, table=True):
    __tablename__ = "search_terms"
    __table_args__ = (
        one_of("kind", Kind),
        Index("ix_search_terms_ref", "kind", "ref", "term"),
        STRICT,
    )

    kind: Kind = Field(primary_key=True, sa_type=Text)
    term: str = Field(primary_key=True, sa_type=Text)
    ref: str = Field(primary_key=True, sa_type=Text)


class _Searched(NamedTuple):
    """What is searched for: its kind, and the columns of its number and of its customer."""

    kind: Kind
    number: Any
    customer_id: Any


_INVOICES = _Searched("invoice", Invoice.number, Invoice.customer_id)
_ORDERS = _Searched("order", Order.number, Order.customer_id)


def words(text: str) -> list[str]:
    """Search words of what a person typed or an ERP sent, case folded, at most eight."""
    return [word for word in re.split(r"[^\w#.&'-]+", text.casefold()) if word][:8]


def document_terms(number: str, po_number: str) -> set[str]:
    """Of an invoice or an order."""
    terms = set(words(number)) | set(words(po_number))
    return terms | {part for term in terms for part in re.split(r"\D+", term) if len(part) > 1}


def customer_terms(customer_id: str, name: str) -> set[str]:
    return set(words(name)) | set(words(customer_id))


def replace(session: Session, kind: Kind, ref: str, terms: set[str]) -> None:
    own = (col(SearchTerm.kind) == kind) & (col(SearchTerm.ref) == ref)
    session.exec(delete(SearchTerm).where(own))
    session.add_all(SearchTerm(kind=kind, term=term, ref=ref) for term in sorted(terms))


def forget_all(session: Session, kind: Kind, refs: Iterable[str]) -> None:
    bulk.delete_by_keys(session, SearchTerm, SearchTerm.ref, refs, SearchTerm.kind == kind)


def find_invoices(session: Session, typed: str, limit: int) -> list[tuple[Invoice, Customer]]:
    """Invoices whose number, PO or customer begins with every word typed; what is open first."""
    conditions = _conditions(session, _INVOICES, typed)
    found = _newest(session, [*conditions, _IS_OPEN], limit)
    if len(found) < limit:
        found += _newest(session, [*conditions, ~_IS_OPEN], limit - len(found))
    return found


def find_orders(
    session: Session, typed: str, limit: int, *, offset: int = 0
) -> list[tuple[Order, Customer]]:
    """Orders whose number, PO or customer begins with every word typed; newest first."""
    found = select(Order, Customer).join(Customer).where(*_conditions(session, _ORDERS, typed))
    newest = (col(Order.order_date).desc(), col(Order.number).desc())
    return list(session.exec(found.order_by(*newest).limit(limit).offset(offset)).all())


def find_customers(session: Session, typed: str, limit: int) -> list[Customer]:
    """Customers of whose name or id some word begins with each word typed, by name."""
    found = select(Customer).where(*customer_conditions(Customer.id, typed))
    return list(session.exec(found.order_by(Customer.name, Customer.id).limit(limit)).all())


def invoice_conditions(session: Session, typed: str) -> list[ColumnElement[bool]]:
    """What a query of open invoices asks for every word typed; nothing when no word was.

    Each open invoice is compared with what begins so: there are far fewer than there are invoices
    of all the customers that a word may mean, so no index is to be taken for that.
    """
    return [_matches_open(session, word) for word in words(typed)]


def _matches_open(session: Session, word: str) -> ColumnElement[bool]:
    number = _compared(Invoice.number).in_(_beginning("invoice", word))
    if _is_broad(session, "invoice", word):
        number = _has_word("invoice", Invoice.number, word)
    return or_(number, _compared(Invoice.customer_id).in_(_beginning("customer", word)))


def _compared(column: Any) -> Any:
    """The same text, of which no database has an index."""
    return col(column).op("||")("")


def customer_conditions(customer_id: Any, typed: str) -> list[ColumnElement[bool]]:
    """That some word of the name or id of that customer begins with each word typed."""
    return [col(customer_id).in_(_beginning("customer", word)) for word in words(typed)]


def _newest(
    session: Session, conditions: list[ColumnElement[bool]], limit: int
) -> list[tuple[Invoice, Customer]]:
    found = select(Invoice, Customer).join(Customer).where(*conditions)
    newest = (col(Invoice.issue_date).desc(), col(Invoice.number).desc())
    return list(session.exec(found.order_by(*newest).limit(limit)).all())


def _conditions(session: Session, searched: _Searched, typed: str) -> list[ColumnElement[bool]]:
    wanted = words(typed)
    broad = len(wanted) == 1 and _is_broad(session, searched.kind, wanted[0])
    matches = _is_one if broad else _matches
    return [matches(searched, word) for word in wanted]


def _is_broad(session: Session, kind: Kind, word: str) -> bool:
    """Whether so many documents begin with the word that the first hundred are soon found by
    walking them in order ("INV-1"), where collecting them all would take half a second.
    """
    many = _beginning(kind, word).limit(_BROAD).subquery()
    return session.exec(select(func.count()).select_from(many)).one() == _BROAD


def _matches(searched: _Searched, word: str) -> ColumnElement[bool]:
    return or_(
        col(searched.number).in_(_beginning(searched.kind, word)),
        col(searched.customer_id).in_(_beginning("customer", word)),
    )


def _is_one(searched: _Searched, word: str) -> ColumnElement[bool]:
    """The same question asked of one document at a time."""
    return or_(
        _has_word(searched.kind, searched.number, word),
        _has_word("customer", searched.customer_id, word),
    )


def _has_word(kind: Kind, ref: str, word: str) -> ColumnElement[bool]:
    # Not a range: the index on terms would be taken for it, and read from end to end each time.
    begins = func.substr(SearchTerm.term, 1, len(word)) == word
    same = (SearchTerm.kind == kind, SearchTerm.ref == ref)
    return select(SearchTerm.ref).where(*same, begins).exists()


def _beginning(kind: Kind, word: str) -> Any:
    term = col(SearchTerm.term)
    within = (SearchTerm.kind == kind, term >= word, term < word + _LAST)
    return select(SearchTerm.ref).where(*within)

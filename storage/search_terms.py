"""An index of words for searching by their beginnings, the same on both databases.

Every invoice is listed under its number, the number without its prefix, and its PO; every
customer under each word of the name and the id. A search for several words wants all of them.
"""

import re
from typing import Any, Literal

from sqlalchemy import ColumnElement, Index, Text, or_
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.columns import STRICT, one_of
from storage.customers import Customer
from storage.invoices import Invoice

Kind = Literal["invoice", "customer"]

# Ranges compare bytes, so PostgreSQL must not apply the rules of a language.
_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
_LAST = "\U0010ffff"


class SearchTerm(SQLModel, table=True):
    __tablename__ = "search_terms"
    __table_args__ = (one_of("kind", Kind), Index("ix_search_terms_ref", "kind", "ref"), STRICT)

    kind: Kind = Field(primary_key=True, sa_type=Text)
    term: str = Field(primary_key=True, sa_type=_BYTES)
    ref: str = Field(primary_key=True, sa_type=Text)


def words(text: str) -> list[str]:
    """Search words of what a person typed or an ERP sent, case folded, at most eight."""
    return [word for word in re.split(r"[^\w#.&'-]+", text.casefold()) if word][:8]


def invoice_terms(number: str, po_number: str) -> set[str]:
    terms = set(words(number)) | set(words(po_number))
    return terms | {part for term in terms for part in re.split(r"\D+", term) if len(part) > 1}


def customer_terms(customer_id: str, name: str) -> set[str]:
    return set(words(name)) | set(words(customer_id))


def replace(session: Session, kind: Kind, ref: str, terms: set[str]) -> None:
    own = (col(SearchTerm.kind) == kind) & (col(SearchTerm.ref) == ref)
    session.exec(delete(SearchTerm).where(own))
    session.add_all(SearchTerm(kind=kind, term=term, ref=ref) for term in sorted(terms))


def find_invoices(session: Session, typed: str, limit: int) -> list[tuple[Invoice, Customer]]:
    """Invoices whose number, PO or customer begins with every word typed; what is open first."""
    found = select(Invoice, Customer).join(Customer).where(*(_matches(w) for w in words(typed)))
    settled = col(Invoice.total) == col(Invoice.allocated)
    newest = (settled, col(Invoice.issue_date).desc(), col(Invoice.number).desc())
    return list(session.exec(found.order_by(*newest).limit(limit)).all())


def _matches(word: str) -> ColumnElement[bool]:
    return or_(
        col(Invoice.number).in_(_beginning("invoice", word)),
        col(Invoice.customer_id).in_(_beginning("customer", word)),
    )


def _beginning(kind: Kind, word: str) -> Any:
    term = col(SearchTerm.term)
    within = (SearchTerm.kind == kind, term >= word, term < word + _LAST)
    return select(SearchTerm.ref).where(*within)

"""Rows for tests, with keyword overrides; the cast is a small wholesale florist's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from commands.access import Actor, Role
from storage import bulk, search_terms, users
from storage.customers import Contact, Customer
from storage.invoices import Invoice, InvoiceLine
from storage.orders import Order, OrderLine
from storage.search_terms import Kind, SearchTerm
from storage.users import RoleName, User

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)

ANNA = Actor("U0ANNA", "Anna Admin", "anna@bloom.test", frozenset({Role.ADMIN}))
MARA = Actor("U0MARA", "Mara Manager", "mara@bloom.test", frozenset({Role.SALES_MANAGER}))
CARL = Actor("U0CARL", "Carl Cashier", "carl@bloom.test", frozenset({Role.CASHIER}))
SALLY = Actor("U0SALLY", "Sally Sales", "sally@bloom.test", frozenset({Role.SALES}))
ALEX = Actor("U0ALEX", "Alex Alloc", "alex@bloom.test", frozenset({Role.SALES_ALLOCATIONS}))
NOBODY = Actor("U0NOBODY", "Nora Nobody", "nora@bloom.test")
CAST = (ANNA, MARA, CARL, SALLY, ALEX, NOBODY)


def add_cast(session: Session) -> None:
    """The five roles and one person without."""
    for person in CAST:
        session.add(User(id=person.id, name=person.name, email=person.email))
        session.flush()
        roles: list[RoleName] = [role.value for role in person.roles]
        users.replace_roles(session, person.id, roles)


def add_customer(
    session: Session,
    customer_id: str = "C1",
    *,
    emails: tuple[str, ...] = ("ap@iris.test",),
    **own: Any,
) -> Customer:
    """Blue Iris Florist, paying in USD within 30 days, with one address for invoices."""
    row = a_customer(customer_id, **own)
    session.add(row)
    session.flush()
    addressed = {"customer_id": row.id, "purpose": "invoice"}
    contacts = [addressed | {"address": at, "position": n} for n, at in enumerate(emails)]
    bulk.insert(session, Contact, contacts)
    add_terms(session, "customer", {row.id: search_terms.customer_terms(row.id, row.name)})
    return row


def a_customer(customer_id: str, **own: Any) -> Customer:
    row = Customer(**({"id": customer_id, "name": "Blue Iris Florist", "currency": "USD"} | own))
    row.billing_address = row.billing_address or "12 Canal Street\nPortland, OR 97204"
    return row


def add_terms(session: Session, kind: Kind, terms: dict[str, set[str]]) -> None:
    """Of documents or customers that nothing is listed under yet, by number or id."""
    rows = [
        {"kind": kind, "ref": ref, "term": term} for ref in terms for term in sorted(terms[ref])
    ]
    bulk.insert(session, SearchTerm, rows)


def add_invoice(
    session: Session, number: str = "INV-1042", *, total: int = 12500, **own: Any
) -> Invoice:
    """An invoice of one line without tax, issued on 10 Feb 2026 and due on 14 Mar 2026."""
    row = an_invoice(number, total=total, **own)
    session.add(row)
    session.flush()
    bulk.insert(session, InvoiceLine, [_line(row.number, 1, row.net)])
    terms = search_terms.document_terms(row.number, row.po_number)
    add_terms(session, "invoice", {row.number: terms})
    return row


def an_invoice(number: str, *, total: int, **own: Any) -> Invoice:
    facts: dict[str, Any] = {
        "number": number,
        "customer_id": "C1",
        "order_number": "88213",
        "issue_date": date(2026, 2, 10),
        "due_date": date(2026, 3, 14),
        "currency": "USD",
        "po_number": "7781",
        "net": total,
        "tax": 0,
        "total": total,
        "recorded_at": NOW,
    }
    return Invoice(**(facts | own))


def a_line(number: str, *, line: int = 1, amount: int = 12500, **own: Any) -> InvoiceLine:
    return InvoiceLine(**(_line(number, line, amount) | own))


def _line(number: str, line: int, amount: int) -> dict[str, Any]:
    return {
        "invoice_number": number,
        "line": line,
        "description": "Roses Freedom red 60 cm",
        "quantity": Decimal(1),
        "unit": "box",
        "unit_price": Decimal(amount).scaleb(-2),
        "amount": amount,
        "tax": 0,
    }


def add_order(
    session: Session, number: str = "88213", *, amounts: tuple[int, ...] = (12500,), **own: Any
) -> Order:
    """An order of 8 Feb 2026 with a line for each of `amounts`; without any, the ERP told none."""
    facts: dict[str, Any] = {
        "number": number,
        "customer_id": "C1",
        "order_date": date(2026, 2, 8),
        "po_number": "7781",
        "currency": "USD" if amounts else "",
        "net": sum(amounts),
        "total": sum(amounts),
    }
    row = Order(**(facts | own))
    session.add(row)
    session.flush()
    lines = [an_order_line(number, n, amount) for n, amount in enumerate(amounts, 1)]
    bulk.insert(session, OrderLine, [line.model_dump() for line in lines])
    terms = search_terms.document_terms(row.number, row.po_number)
    add_terms(session, "order", {row.number: terms})
    return row


def an_order_line(number: str, line: int, amount: int) -> OrderLine:
    return OrderLine(
        order_number=number,
        line=line,
        description="Roses Freedom red 60 cm",
        quantity=Decimal(1),
        unit="box",
        unit_price=Decimal(amount).scaleb(-2),
        amount=amount,
        tax=0,
    )

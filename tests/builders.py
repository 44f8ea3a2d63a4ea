"""Rows for tests, with keyword overrides; the cast is a small wholesale florist's."""

from collections.abc import Sequence
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
    add_customers(session, [row], emails)
    return row


def add_customers(
    session: Session, rows: Sequence[Customer], emails: tuple[str, ...] = ("ap@iris.test",)
) -> None:
    """Many at once, a statement a table, all with the same addresses for invoices."""
    session.add_all(rows)
    session.flush()
    contacts = [
        {"customer_id": row.id, "purpose": "invoice", "address": address, "position": position}
        for row in rows
        for position, address in enumerate(emails)
    ]
    bulk.insert(session, Contact, contacts)
    terms = {row.id: search_terms.customer_terms(row.id, row.name) for row in rows}
    add_terms(session, "customer", terms)


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
    add_invoices(session, [row])
    return row


def add_invoices(session: Session, rows: Sequence[Invoice]) -> None:
    """Many at once, each with its line: a statement a table."""
    session.add_all(rows)
    session.flush()
    bulk.insert(session, InvoiceLine, [_line(row.number, 1, row.net) for row in rows])
    _list_documents(session, "invoice", rows)


def _list_documents(
    session: Session, kind: Kind, documents: Sequence[Invoice] | Sequence[Order]
) -> None:
    named = [(row.number, row.po_number) for row in documents]
    add_terms(session, kind, {name: search_terms.document_terms(name, po) for name, po in named})


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
    row = an_order(number, amounts, **own)
    add_orders(session, [row])
    lines = [an_order_line(number, n, amount) for n, amount in enumerate(amounts, 1)]
    bulk.insert(session, OrderLine, [line.model_dump() for line in lines])
    return row


def add_orders(session: Session, rows: Sequence[Order]) -> None:
    """Many at once, of which the ERP told no lines: a statement a table."""
    session.add_all(rows)
    session.flush()
    _list_documents(session, "order", rows)


def an_order(number: str, amounts: tuple[int, ...] = (), **own: Any) -> Order:
    facts: dict[str, Any] = {
        "number": number,
        "customer_id": "C1",
        "order_date": date(2026, 2, 8),
        "po_number": "7781",
        "currency": "USD" if amounts else "",
        "net": sum(amounts),
        "total": sum(amounts),
    }
    return Order(**(facts | own))


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

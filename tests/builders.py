"""Rows for tests, with keyword overrides; the cast is a small wholesale florist's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from commands.access import Actor, Role
from storage import customers, search_terms, users
from storage.customers import Customer
from storage.invoices import Invoice, InvoiceLine
from storage.orders import Order, OrderLine
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
    row = Customer(**({"id": customer_id, "name": "Blue Iris Florist", "currency": "USD"} | own))
    row.billing_address = row.billing_address or "12 Canal Street\nPortland, OR 97204"
    session.add(row)
    session.flush()
    customers.replace_contacts(session, row.id, "invoice", list(emails))
    terms = search_terms.customer_terms(row.id, row.name)
    search_terms.replace(session, "customer", row.id, terms)
    session.flush()
    return row


def add_invoice(
    session: Session, number: str = "INV-1042", *, total: int = 12500, **own: Any
) -> Invoice:
    """An invoice of one line without tax, issued on 10 Feb 2026 and due on 14 Mar 2026."""
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
    row = Invoice(**(facts | own))
    session.add(row)
    session.flush()
    session.add(a_line(row.number, amount=row.net))
    terms = search_terms.document_terms(row.number, row.po_number)
    search_terms.replace(session, "invoice", row.number, terms)
    session.flush()
    return row


def a_line(number: str, *, line: int = 1, amount: int = 12500, **own: Any) -> InvoiceLine:
    facts: dict[str, Any] = {
        "invoice_number": number,
        "line": line,
        "description": "Roses Freedom red 60 cm",
        "quantity": Decimal(1),
        "unit": "box",
        "unit_price": Decimal(amount).scaleb(-2),
        "amount": amount,
        "tax": 0,
    }
    return InvoiceLine(**(facts | own))


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
    session.add_all(an_order_line(number, n, amount) for n, amount in enumerate(amounts, 1))
    terms = search_terms.document_terms(row.number, row.po_number)
    search_terms.replace(session, "order", row.number, terms)
    session.flush()
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

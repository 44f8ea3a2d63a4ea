"""What voiding an invoice or writing it off would do, from the ledger as it is now."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session

from commands.errors import NotFound, Refused
from commands.take_payment import due
from storage import checkouts, customers, invoice_mails, invoices, payment_links, payments
from storage.customers import Customer
from storage.invoices import Invoice
from storage.money import Money

Ending = Literal["void", "written_off"]


@dataclass(frozen=True, slots=True)
class Lying:
    """A part of a payment or a credit memo that lies on the invoice."""

    source: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Effect:
    """`seen` changes whenever the person would have to look again."""

    number: str
    is_credit_memo: bool  # then what lies on it is what it took off invoices
    status: str
    customer_name: str
    total: Money
    balance: Money
    lying: tuple[Lying, ...]
    pending: Money
    expected_by: date | None
    checkouts: int
    waiting_mails: int
    has_link: bool
    seen: str
    can_write_off: bool

    @property
    def title(self) -> str:
        return "Credit memo" if self.is_credit_memo else "Invoice"


def look(session: Session, number: str) -> Effect:
    """Raises `NotFound`, or `Refused` for an invoice that has ended."""
    invoice, customer = _found(session, number)
    pending = checkouts.pending(session, [number]).get(number, 0)
    lying = _lying(session, invoice)
    return Effect(
        number=number,
        is_credit_memo=invoice.is_credit_memo,
        status=invoice.status,
        customer_name=customer.name,
        total=Money(invoice.total, invoice.currency),
        balance=invoice.balance,
        lying=lying,
        pending=Money(pending, invoice.currency),
        expected_by=due.expected_by(session, [number]) if pending else None,
        checkouts=len(checkouts.touching(session, [number], "created", "open")),
        waiting_mails=invoice_mails.count_waiting(session, number),
        has_link=bool(payment_links.active_covering(session, number)),
        seen=f"{invoice.version}:{invoice.lifecycle}:{invoice.allocated}:{pending}",
        can_write_off=invoice.lifecycle == "issued" and invoice.balance.minor > 0,
    )


def _found(session: Session, number: str) -> tuple[Invoice, Customer]:
    invoice = invoices.find(session, number)
    customer = customers.find(session, invoice.customer_id) if invoice else None
    if invoice is None or customer is None:
        raise NotFound(f"There is no invoice {number}.")
    if invoice.lifecycle == "void":
        mend = "an import with a higher version issues it anew"
        raise Refused(f"{number} is void already; {mend}.")
    return invoice, customer


def _lying(session: Session, invoice: Invoice) -> tuple[Lying, ...]:
    number, currency = invoice.number, invoice.currency
    paid = [(p.id, row.amount) for row, p in payments.of_invoice(session, number)]
    used = [(r.credit_number, r.amount) for r in payments.credits_of_invoice(session, number)]
    put = [(r.invoice_number, r.amount) for r in payments.credits_from(session, number)]
    return tuple(Lying(source, Money(minor, currency)) for source, minor in paid + used + put)

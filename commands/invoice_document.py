"""One invoice, read from the ledger as it is now, as the value that mail, PDF and page show."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from sqlmodel import Session

from commands.errors import NotFound
from commands.take_payment import credit
from renderers.documents import Company, DocumentLine, InvoiceDocument, Party, TaxLine
from renderers.formats import DEFAULT_LOCALE
from storage import customers, disputes, invoice_mails, invoices, payments
from storage.customers import Customer
from storage.invoices import Invoice, InvoiceLine
from storage.money import Money, total
from storage.orders import OrderLine


def assemble(
    session: Session,
    company: Company,
    number: str,
    *,
    pay_url: str | None = None,
    trial: bool = False,
) -> InvoiceDocument:
    """Raises `NotFound`. A credit memo never gets `pay_url`.

    It is called corrected when an earlier version left; one that left in a trial counts only
    for a `trial`.
    """
    invoice = invoices.find(session, number)
    customer = customers.find(session, invoice.customer_id) if invoice else None
    if invoice is None or customer is None:
        raise NotFound(f"There is no invoice {number}.")
    rows = invoices.lines(session, number)
    currency = invoice.currency
    offers = pay_url is not None and not invoice.is_credit_memo
    return InvoiceDocument(
        company=company,
        customer=party(customer),
        number=invoice.number,
        version=invoice.version,
        is_credit_memo=invoice.is_credit_memo,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        terms=_terms(invoice),
        order_number=invoice.order_number,
        po_number=invoice.po_number,
        notes=invoice.notes,
        applies_to=invoice.applies_to or "",
        lines=tuple(document_line(row, currency) for row in rows),
        net=Money(invoice.net, currency),
        taxes=tax_lines(rows, currency),
        rounding=Money(invoice.rounding, currency),
        total=Money(invoice.total, currency),
        paid=_paid(session, invoice),
        credits=_credits(session, invoice),
        balance=invoice.balance,
        locale=customer.locale or DEFAULT_LOCALE,
        pay_url=None if invoice.is_credit_memo else pay_url,
        corrected=invoice.version > 1
        and invoice_mails.earlier_version_left(session, number, invoice.version, trials=trial),
        disputed=disputes.is_open_for(session, number),
        credit=credit.offered(session, customer.id, currency) if offers else None,
    )


def party(customer: Customer) -> Party:
    return Party(customer.id, customer.name, customer.billing_address, customer.tax_id)


class TaxedLine(Protocol):
    """Of an invoice or an order; `amount` (net) and `tax` in minor units."""

    @property
    def tax_rate(self) -> Decimal: ...
    @property
    def amount(self) -> int: ...
    @property
    def tax(self) -> int: ...


def tax_lines(rows: Iterable[TaxedLine], currency: str) -> tuple[TaxLine, ...]:
    """Net and tax for each rate above zero, lowest first."""
    sums: dict[Decimal, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row.tax_rate:
            sums[row.tax_rate][0] += row.amount
            sums[row.tax_rate][1] += row.tax
    return tuple(
        TaxLine(rate, Money(net, currency), Money(tax, currency))
        for rate, (net, tax) in sorted(sums.items())
    )


def document_line(row: InvoiceLine | OrderLine, currency: str) -> DocumentLine:
    return DocumentLine(
        row.description,
        row.quantity,
        row.unit,
        row.unit_price,
        row.tax_rate,
        Money(row.amount, currency),
    )


def _terms(invoice: Invoice) -> str:
    days = (invoice.due_date - invoice.issue_date).days
    if days <= 0:
        return "Due on receipt"
    return "1 day" if days == 1 else f"{days} days"


def _paid(session: Session, invoice: Invoice) -> Money:
    parts = (row.amount for row, _ in payments.of_invoice(session, invoice.number))
    return total((Money(part, invoice.currency) for part in parts), invoice.currency)


def _credits(session: Session, invoice: Invoice) -> Money:
    parts = (row.amount for row in payments.credits_of_invoice(session, invoice.number))
    return total((Money(part, invoice.currency) for part in parts), invoice.currency)

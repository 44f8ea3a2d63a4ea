"""An invoice or credit memo as the HTML that becomes its PDF."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from renderers import formats
from renderers.documents import InvoiceDocument
from renderers.logos import logo_address, qr_code_address
from renderers.sums import SumRow, tax_rows
from renderers.templating import render_html

InvoiceState = Literal["due", "paid", "nothing_due", "credit", "disputed"]


def invoice_state(document: InvoiceDocument) -> InvoiceState:
    """What the document asks of its reader."""
    if document.is_credit_memo:
        return "credit"
    if document.disputed:
        return "disputed"
    if document.balance.minor > 0:
        return "due"
    return "paid" if document.paid else "nothing_due"


def invoice_html(document: InvoiceDocument) -> str:
    """Complete HTML whose stylesheet is `document.css`; button and QR code when there is a link."""
    document = replace(document, locale=formats.printable(document.locale))
    state = invoice_state(document)
    pay_url = document.pay_url if state == "due" else None
    label, amount, note = _due(document, state)
    return render_html(
        "invoice.html",
        document.locale,
        d=document,
        state=state,
        title=f"{document.title} {document.number}",
        summary=f"{document.title} {document.number} for {document.customer.name}",
        paper=formats.paper(document.locale),
        logo=logo_address(document.company.logo),
        party_label="Credit to" if document.is_credit_memo else "Bill to",
        facts=tuple(_facts(document)),
        sums=tuple(sum_rows(document)),
        currency=document.total.currency,
        due_label=label,
        due_amount=amount,
        due_note=note,
        pay_url=pay_url,
        credit_note=credit_note(document) if pay_url else "",
        qr_code=qr_code_address(pay_url) if pay_url else "",
    )


def sum_rows(document: InvoiceDocument) -> Iterator[SumRow]:
    """Net to balance; rows that would say nothing are left out."""
    if document.taxes or document.rounding:
        yield SumRow("Net", document.net)
    yield from tax_rows(document.taxes, document.locale)
    if document.rounding:
        yield SumRow("Rounding", document.rounding)
    yield SumRow("Total", document.total, "total")
    if document.paid:
        yield SumRow("Paid", -document.paid)
    if document.credits:
        yield SumRow("Credits applied", -document.credits)
    if not document.is_credit_memo:
        yield SumRow("Balance due", document.balance, "balance")


def credit_note(document: InvoiceDocument) -> str:
    """The line that page, PDF and mail say of the customer's credit; "" when there is none."""
    if not document.credit:
        return ""
    return f"Use your credit of {formats.money(document.credit, document.locale)} when you pay"


def _facts(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    """What the customer's bookkeeping looks for, without empty rows."""
    memo = document.is_credit_memo
    rows = (
        ("Credit memo number" if memo else "Invoice number", document.number),
        ("Issued", formats.day(document.issue_date, document.locale)),
        ("Due", "" if memo else formats.day(document.due_date, document.locale)),
        ("Terms", "" if memo else document.terms),
        ("Applies to", document.applies_to),
        ("Account", document.customer.id),
        ("Order", document.order_number),
        ("Your PO", document.po_number),
    )
    return (row for row in rows if row[1])


def _due(document: InvoiceDocument, state: InvoiceState) -> tuple[str, str, str]:
    """The label, the amount in large letters, and the sentence below it."""
    balance = formats.money(document.balance, document.locale)
    match state:
        case "due":
            day = formats.day(document.due_date, document.locale)
            return "Balance due", balance, f"Please pay by {day}"
        case "disputed":
            return "Balance", balance, "A payment of it is in dispute: please do not pay it now"
        case "paid":
            return "This invoice is paid", "Nothing to pay", ""
        case "nothing_due":
            return "This invoice is settled", "Nothing to pay", ""
        case "credit":
            return "Credit to your account", formats.money(-document.total, document.locale), ""

"""The mails customers get: subject, HTML and a text twin with the same content."""

from collections.abc import Iterable, Iterator

from renderers import formats
from renderers.documents import (
    EmailContent,
    InvoiceDocument,
    InvoiceEmail,
    OrderDocument,
    OrderEmail,
    Receipt,
    RefundMail,
)
from renderers.invoice_pdf import credit_note, invoice_state, sum_rows
from renderers.order_pdf import order_facts, order_sums
from renderers.plain_text import one_line, truncate
from renderers.sums import SumRow
from renderers.templating import render_html, render_text

_SUBJECT_LIMIT = 240
_NAMED_INVOICES = 3  # more than these are counted in a subject

_DASH = "\N{EN DASH}"

Facts = tuple[tuple[str, str], ...]


def invoice_email(email: InvoiceEmail) -> EmailContent:
    """The mail that carries a document; with a button when it has a link and a balance."""
    document = email.document
    state = invoice_state(document)
    values = {
        "d": document,
        "state": state,
        "message": email.message.strip(),
        "sender_name": email.sender_name,
        "subject": invoice_subject(document),
        "lead": _lead(document, email.order),
        "attached": "The PDFs are attached." if email.order else "The PDF is attached.",
        "headline": _headline(document),
        "pay_url": document.pay_url if state == "due" else None,
        "credit_note": credit_note(document) if document.pay_url and state == "due" else "",
        "facts": tuple(_invoice_facts(document)),
        "sums": _sums(sum_rows(document), document.locale),
        "company": document.company,
    }
    return EmailContent(
        subject=invoice_subject(document),
        html=render_html("invoice_email.html", document.locale, **values),
        text=render_text("invoice_email.txt", document.locale, **values),
    )


def invoice_subject(document: InvoiceDocument) -> str:
    """One line: what, from whom, how much is due when, and the customer's own PO number."""
    start = f"{_kind(document)} {document.number} from {document.company.name} {_DASH} "
    po_number = _po_number(document.po_number)
    match invoice_state(document):
        case "credit":
            return _subject(start + formats.money(-document.total, document.locale) + po_number)
        case "due":
            day = formats.day(document.due_date, document.locale)
            balance = formats.money(document.balance, document.locale)
            return _subject(f"{start}{balance} due {day}{po_number}")
        case "disputed":
            return _subject(f"{start}payment in dispute{po_number}")
        case _:
            return _subject(start + "nothing to pay")


def order_email(email: OrderEmail) -> EmailContent:
    """The mail that carries an order confirmation alone: nothing in it asks for money."""
    document = email.document
    values = {
        "d": document,
        "message": email.message.strip(),
        "sender_name": email.sender_name,
        "subject": order_subject(document),
        "lead": f"The confirmation of order {document.number} for {document.customer.name}"
        " is attached as a PDF. It is not an invoice.",
        "facts": order_facts(document),
        "sums": _sums(order_sums(document), document.locale),
        "company": document.company,
    }
    return EmailContent(
        subject=order_subject(document),
        html=render_html("order_email.html", document.locale, **values),
        text=render_text("order_email.txt", document.locale, **values),
    )


def order_subject(document: OrderDocument) -> str:
    """One line: what, from whom, over how much, and the customer's own PO number."""
    total = document.total
    amount = f" {_DASH} {formats.money(total, document.locale)}" if total is not None else ""
    start = f"{document.title} {document.number} from {document.company.name}"
    return _subject(start + amount + _po_number(document.po_number))


def receipt_email(receipt: Receipt) -> EmailContent:
    """The customer's confirmation of one payment."""
    values = {
        "r": receipt,
        "subject": _receipt_subject(receipt),
        "facts": _receipt_facts(receipt),
        "company": receipt.company,
    }
    return EmailContent(
        subject=_receipt_subject(receipt),
        html=render_html("receipt_email.html", receipt.locale, **values),
        text=render_text("receipt_email.txt", receipt.locale, **values),
    )


def refund_email(refund: RefundMail) -> EmailContent:
    """What the customer is told of money that was given back."""
    amount = formats.money(refund.amount, refund.locale)
    subject = _subject(f"Refund from {refund.company.name} {_DASH} {amount}")
    values = {
        "r": refund,
        "subject": subject,
        "facts": _refund_facts(refund),
        "company": refund.company,
    }
    return EmailContent(
        subject=subject,
        html=render_html("refund_email.html", refund.locale, **values),
        text=render_text("refund_email.txt", refund.locale, **values),
    )


def _refund_facts(refund: RefundMail) -> Facts:
    rows = (
        ("Reference", refund.refund_id),
        ("Refunded", formats.day(refund.refunded_on, refund.locale)),
        ("To", refund.method),
        ("Your payment", formats.money(refund.paid, refund.locale)),
        ("Received", formats.day(refund.paid_on, refund.locale)),
        ("Payment reference", refund.payment_id),
        ("Account", refund.customer.id),
    )
    return tuple(row for row in rows if row[1])


def _subject(text: str) -> str:
    # One line without control characters: nothing in a value can begin another header.
    return truncate(one_line(text), _SUBJECT_LIMIT)


def _po_number(po_number: str) -> str:
    return f" ({formats.po_number(po_number)})" if po_number else ""


def _sums(rows: Iterable[SumRow], locale: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((row.label, formats.money(row.amount, locale), row.kind) for row in rows)


def _kind(document: InvoiceDocument) -> str:
    return f"Corrected {document.title.lower()}" if document.corrected else document.title


def _lead(document: InvoiceDocument, order: OrderDocument | None) -> str:
    named = f"{document.title} {document.number} for {document.customer.name}"
    attached = f"{named} is attached as a PDF."
    if order is not None:
        attached = f"{named} and the confirmation of order {order.number} are attached as PDFs."
    if document.corrected:
        replaced = "It replaces" if order is None else f"{document.number} replaces"
        return f"{attached} {replaced} the one you have."
    return attached


def _headline(document: InvoiceDocument) -> tuple[str, str]:
    """The amount in large letters and the words beside it."""
    balance = formats.money(document.balance, document.locale)
    match invoice_state(document):
        case "credit":
            return formats.money(-document.total, document.locale), "credit to your account"
        case "due":
            return balance, f"due {formats.day(document.due_date, document.locale)}"
        case "disputed":
            return balance, "a payment of it is in dispute: please do not pay it now"
        case "paid":
            return "Nothing to pay", "this invoice is paid"
        case "nothing_due":
            return "Nothing to pay", "this invoice is settled"


def _invoice_facts(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    memo = document.is_credit_memo
    rows = (
        (f"{document.title} number", document.number),
        ("Issued", formats.day(document.issue_date, document.locale)),
        ("Due", "" if memo else formats.day(document.due_date, document.locale)),
        ("Applies to", document.applies_to),
        ("Your PO", document.po_number),
        ("Order", document.order_number),
        ("Account", document.customer.id),
    )
    return (row for row in rows if row[1])


def _receipt_subject(receipt: Receipt) -> str:
    amount = formats.money(receipt.amount, receipt.locale)
    amount += " of your credit" if receipt.by_credit else ""
    return _subject(
        f"Receipt from {receipt.company.name} {_DASH} {amount} for {_paid_for(receipt)}"
    )


def _paid_for(receipt: Receipt) -> str:
    named = [line.invoice_number for line in receipt.lines]
    numbers = list(dict.fromkeys([*named, *(line.invoice_number for line in receipt.credits)]))
    if not numbers:
        return "your account"
    return ", ".join(numbers) if len(numbers) <= _NAMED_INVOICES else f"{len(numbers)} invoices"


def _receipt_facts(receipt: Receipt) -> Facts:
    rows = (
        ("Reference", receipt.payment_id),
        ("Used" if receipt.by_credit else "Received", formats.day(receipt.paid_on, receipt.locale)),
        ("Paid with", receipt.method),
        ("Your reference", receipt.customer_reference),
        ("On your bank statement", receipt.statement_descriptor),
        ("Account", receipt.customer.id),
    )
    return tuple(row for row in rows if row[1])

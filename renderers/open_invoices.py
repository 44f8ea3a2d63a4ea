"""A customer's open invoices as one table: in a mail, as its text, and as a PDF of its own."""

from dataclasses import dataclass, replace
from datetime import date

from renderers import formats
from renderers.documents import Company, EmailContent, Party
from renderers.logos import logo_address, qr_code_address
from renderers.plain_text import one_line, truncate
from renderers.templating import render_html, render_text
from storage.money import Money

_SUBJECT_LIMIT = 240
_DASH = "\N{EN DASH}"
HEADERS = (
    "Invoice",
    "Your PO",
    "Date",
    "Due",
    "Days late",
    "Original",
    "Paid and credits",
    "Balance",
)


@dataclass(frozen=True, slots=True)
class OpenInvoiceRow:
    """`settled`: payments and credits, and money that is under way."""

    number: str
    po_number: str
    issue_date: date
    due_date: date
    days_late: int  # 0 until it is due
    original: Money
    settled: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class OpenInvoiceTable:
    """What one link asks for: `total` is the sum of the balances."""

    company: Company
    customer: Party
    as_of: date
    rows: tuple[OpenInvoiceRow, ...]
    total: Money
    pay_url: str
    locale: str

    @property
    def title(self) -> str:
        return "Open invoices"


@dataclass(frozen=True, slots=True)
class OpenInvoicesEmail:
    """`attached`: "each", "summary" (one PDF with the table) or "none"."""

    table: OpenInvoiceTable
    sender_name: str
    message: str  # the sender's words, plain text; "" for none
    attached: str = "none"


_ATTACHED = {
    "each": "The PDF of each invoice is attached.",
    "summary": "This list is attached as a PDF. The PDF of each invoice is on the payment page.",
    "none": "The PDF of each invoice is on the payment page.",
}


def open_invoices_email(email: OpenInvoicesEmail) -> EmailContent:
    """One table, its text twin and one button."""
    table = email.table
    amount = formats.money(table.total, table.locale)
    subject = f"{_count(table)} from {table.company.name} {_DASH} {amount} to pay"
    values = {
        "t": table,
        "subject": truncate(one_line(subject), _SUBJECT_LIMIT),
        "message": email.message.strip(),
        "sender_name": email.sender_name,
        "lead": _lead(table),
        "attached": _ATTACHED[email.attached],
        "amount": amount,
        "headers": HEADERS,
        "rows": tuple(_cells(row, table.locale) for row in table.rows),
        "company": table.company,
    }
    return EmailContent(
        subject=str(values["subject"]),
        html=render_html("open_invoices_email.html", table.locale, **values),
        text=render_text("open_invoices_email.txt", table.locale, **values),
    )


def open_invoices_html(table: OpenInvoiceTable) -> str:
    """Complete HTML whose stylesheet is `document.css`."""
    table = replace(table, locale=formats.printable(table.locale))
    day = formats.day(table.as_of, table.locale)
    return render_html(
        "open_invoices.html",
        table.locale,
        d=_Sheet(table.company, table.customer, table.title, day),
        title=f"{table.title} {day}",
        summary=f"{table.title} for {table.customer.name}, {day}",
        paper=formats.paper(table.locale),
        logo=logo_address(table.company.logo),
        party_label="Account of",
        facts=(("Account", table.customer.id), ("As of", day), ("Invoices", str(len(table.rows)))),
        sums=(),
        currency=table.total.currency,
        amount=formats.money(table.total, table.locale),
        pay_url=table.pay_url,
        qr_code=qr_code_address(table.pay_url),
        headers=HEADERS,
        rows=tuple(_cells(row, table.locale) for row in table.rows),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the frame of every document wants to know."""

    company: Company
    customer: Party
    title: str
    number: str
    notes: str = ""
    lines: tuple[()] = ()
    taxes: tuple[()] = ()


def _lead(table: OpenInvoiceTable) -> str:
    are = "is" if len(table.rows) == 1 else "are"
    day = formats.day(table.as_of, table.locale)
    late = sum(row.days_late > 0 for row in table.rows)
    past = f" {late} of them past due." if late and late < len(table.rows) else ""
    whole = " All of them past due." if late and late == len(table.rows) > 1 else ""
    return f"{_count(table)} of {table.customer.name} {are} to pay as of {day}.{past}{whole}"


def _count(table: OpenInvoiceTable) -> str:
    return "1 open invoice" if len(table.rows) == 1 else f"{len(table.rows)} open invoices"


def _cells(row: OpenInvoiceRow, locale: str) -> tuple[str, ...]:
    """As in `HEADERS`; the currency is named once, above the table."""

    def plain(amount: Money) -> str:
        return formats.unit_price(amount.whole, amount.currency, locale)

    return (
        row.number,
        row.po_number,
        formats.day(row.issue_date, locale),
        formats.day(row.due_date, locale),
        str(row.days_late) if row.days_late else "",
        plain(row.original),
        plain(row.settled),
        plain(row.balance),
    )

"""The mail of a bulk send: one table, one button, and the PDFs that go along."""

from dataclasses import dataclass

from sqlmodel import Session

from commands import invoice_document, pdf_files
from commands.bulk_send import wanted
from commands.deliver.dropped import Dropped
from commands.deliver.letter import Letter
from commands.desk import Desk
from commands.errors import NotFound
from commands.keyring import KeyMissing
from commands.payment_link import service as payment_link
from commands.pdf_files import PdfFile
from commands.take_payment.due import OpenItem
from renderers.documents import InvoiceDocument
from renderers.formats import DEFAULT_LOCALE
from renderers.open_invoices import (
    OpenInvoiceRow,
    OpenInvoicesEmail,
    OpenInvoiceTable,
    open_invoices_email,
)
from storage import bulk_sends, customers, payment_links, users
from storage.bulk_sends import BulkSend
from storage.deliveries import Delivery
from storage.money import Money, total
from storage.users import User

MOST_ATTACHED = 50  # PDFs: rendering more would outlast a worker's lease
MOST_BYTES = 10_000_000  # of all of them together
_KEY_GONE = "The key that made its link is no longer in SECRET_KEY: send it anew."


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one view of the ledger says about the mail."""

    bulk: BulkSend
    table: OpenInvoiceTable
    sender: User | None


def bulk_letter(desk: Desk, row: Delivery) -> Letter:
    """From the ledger as it is now. Raises `Dropped` when the mail is not to leave any more."""
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        customer = customers.find(session, row.customer_id or "")
        closed = payment_link.why_no_new_link(customer, account) if customer else ""
        why = closed or wanted.why_not(session, row)
        if why:
            raise Dropped(why)
        facts = _facts(session, desk, row)
    attached, how = _attachments(desk, facts)
    name, address = (facts.sender.name, facts.sender.email) if facts.sender else ("", "")
    content = open_invoices_email(OpenInvoicesEmail(facts.table, name, facts.bulk.message, how))
    return Letter(
        content=content,
        reply_to=address,
        attachments=attached,
        link_id=row.link_id,
        asked=facts.table.total.minor,
    )


def _facts(session: Session, desk: Desk, row: Delivery) -> _Facts:
    bulk = bulk_sends.find(session, row.payload["bulk_send"])
    if bulk is None:
        raise NotFound("The send that it belongs to is gone.")
    return _Facts(bulk, _table(session, desk, row), users.find(session, row.created_by))


def _table(session: Session, desk: Desk, row: Delivery) -> OpenInvoiceTable:
    link = payment_links.find(session, row.link_id or "")
    customer = customers.find(session, row.customer_id or "")
    assert link is not None  # looked at a moment ago, in the same view of the ledger
    assert customer is not None
    items = wanted.open_items(session, row)
    assert all(item.invoice.customer_id == customer.id for item in items)
    today = desk.policy.today(desk.clock.now())
    try:
        url = payment_link.url(desk, link)
    except KeyMissing as error:
        raise Dropped(_KEY_GONE) from error
    return OpenInvoiceTable(
        company=desk.company,
        customer=invoice_document.party(customer),
        as_of=today,
        rows=tuple(_row(item, (today - item.invoice.due_date).days) for item in items),
        total=total((item.payable for item in items), link.currency),
        pay_url=url,
        locale=customer.locale or DEFAULT_LOCALE,
    )


def _row(item: OpenItem, days: int) -> OpenInvoiceRow:
    """The balance is what the link asks for: money under way counts as settled."""
    invoice, balance = item.invoice, item.payable
    original = Money(invoice.total, invoice.currency)
    return OpenInvoiceRow(
        number=invoice.number,
        po_number=invoice.po_number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        days_late=max(days, 0),
        original=original,
        settled=original - balance,
        balance=balance,
    )


def _attachments(desk: Desk, facts: _Facts) -> tuple[tuple[PdfFile, ...], str]:
    """Each invoice's PDF; too many or too large, one PDF of the table."""
    rows = facts.table.rows
    if not facts.bulk.attach_pdfs:
        return (), "none"
    made: list[PdfFile] = []
    for row in rows if len(rows) <= MOST_ATTACHED else ():
        made.append(pdf_files.invoice_pdf(desk, _document(desk, row.number)))
        if sum(len(pdf.content) for pdf in made) > MOST_BYTES:
            made = []
            break
    if made:
        return tuple(made), "each"
    return (pdf_files.open_invoices_pdf(desk, facts.table),), "summary"


def _document(desk: Desk, number: str) -> InvoiceDocument:
    """With the button of the invoice's own link, if that is still on."""
    with desk.database.reading() as session:
        link = payment_links.active_for(session, "invoice", number, desk.keyring.ids)
        url = payment_link.url(desk, link) if link else None
        trial = desk.policy.mail_mode == "redirect"
        return invoice_document.assemble(session, desk.company, number, pay_url=url, trial=trial)

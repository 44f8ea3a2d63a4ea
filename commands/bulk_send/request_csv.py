"""What a bulk send asks for, invoice by invoice, beside what is open now."""

from collections.abc import Iterator

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.csv_files import CsvFile, written
from commands.desk import Desk
from commands.errors import NotFound
from storage import bulk, bulk_sends, customers
from storage.money import Money

_HEADER = (
    "customer_id",
    "customer",
    "recipients",
    "invoice_number",
    "po_number",
    "due_date",
    "currency",
    "balance_as_asked",
    "balance_now",
)
_MOST = 100_000  # mails


@audited("export_bulk_send", about="bulk_send_id")
def bulk_send_csv(actor: Actor, desk: Desk, *, bulk_send_id: str) -> CsvFile:
    """For whoever asked for it and whoever may decide. Raises `NotFound`, `NotPermitted`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        row = bulk_sends.find(session, bulk_send_id)
        if row is None:
            raise NotFound("That send is not known.")
        if row.requested_by != actor.id:
            require(actor, Permission.APPROVE)
        return written("request.csv", _HEADER, _rows(session, bulk_send_id))


def _rows(session: Session, bulk_send_id: str) -> Iterator[tuple[str, ...]]:
    for part in bulk.chunks(bulk_sends.mails(session, bulk_send_id, limit=_MOST), 500):
        names = customers.names(session, {mail.customer_id for mail in part})
        found = bulk_sends.invoices_of(session, bulk_send_id, [mail.position for mail in part])
        for mail in part:
            to = "; ".join(mail.recipients)
            for agreed, invoice in found.get(mail.position, []):
                asked = str(Money(agreed.balance, mail.currency).whole)
                now = str(invoice.balance.whole)
                about = (invoice.number, invoice.po_number, invoice.due_date.isoformat())
                who = (mail.customer_id, names[mail.customer_id], to)
                yield (*who, *about, mail.currency, asked, now)

"""The report of a batch: every mail with what became of it, and whatever was not sent."""

from collections.abc import Iterator

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.csv_files import CsvFile, written
from commands.desk import Desk
from commands.errors import NotFound
from storage import batches, bulk, deliveries

_HEADER = ("customer_id", "customer", "document", "recipients", "status", "sent_at", "reason")
_MOST = 200_000  # rows


@audited("export_batch", about="batch_id")
def batch_csv(actor: Actor, desk: Desk, *, batch_id: str) -> CsvFile:
    """Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        if batches.find(session, batch_id) is None:
            raise NotFound("That send is not known.")
        return written("report.csv", _HEADER, _rows(session, batch_id))


def _rows(session: Session, batch_id: str) -> Iterator[tuple[str, ...]]:
    for part in bulk.chunks(batches.mails(session, batch_id, limit=_MOST)):
        to = deliveries.addresses_of(session, [mail.id or 0 for mail, _ in part])
        for mail, name in part:
            sent = mail.finished_at.isoformat() if mail.finished_at else ""
            recipients = "; ".join(to.get(mail.id or 0, []))
            about = (mail.customer_id or "", name, "", recipients)
            yield (*about, mail.status, sent if mail.status == "sent" else "", mail.error or "")
    for row, name in batches.skips(session, batch_id, limit=_MOST):
        status = "not sent" if row.whole_mail else "left out"
        yield (row.customer_id, name, row.subject, "", status, "", row.reason)

"""The report of a batch: every mail with what became of it, and whatever was not sent."""

from collections.abc import Iterator

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.csv_files import CsvFile, written
from commands.desk import Desk
from commands.errors import NotFound
from storage import batches, deliveries, schedules
from storage.deliveries import Delivery

_HEADER = ("customer_id", "customer", "document", "recipients", "status", "sent_at", "reason")
_MOST = 200_000  # rows
_AT_ONCE = 500  # mails in memory


@audited("export_batch", about="batch_id")
def batch_csv(actor: Actor, desk: Desk, *, batch_id: str) -> CsvFile:
    """Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        if batches.find(session, batch_id) is None:
            raise NotFound("That send is not known.")
        return written("report.csv", _HEADER, _rows(session, batch_id))


def _rows(session: Session, batch_id: str) -> Iterator[tuple[str, ...]]:
    wants_links, last = schedules.sends_links(session, batch_id), 0
    while part := batches.mails_after(session, batch_id, last, _AT_ONCE):
        last = part[-1][0].id or 0
        to = deliveries.addresses_of(session, [mail.id or 0 for mail, _ in part])
        for mail, name in part:
            yield _row(mail, name, "; ".join(to.get(mail.id or 0, [])), wants_links=wants_links)
    for row, name in batches.skips(session, batch_id, limit=_MOST):
        status = "not sent" if row.whole_mail else "left out"
        yield (row.customer_id, name, row.subject, "", status, "", row.reason)


def _row(mail: Delivery, name: str, recipients: str, *, wants_links: bool) -> tuple[str, ...]:
    sent = mail.finished_at.isoformat() if mail.finished_at and mail.status == "sent" else ""
    reason = mail.error or ""
    if wants_links and mail.link_id is None and not reason:
        reason = f"without a link: {mail.payload['no_link_reason']}"
    about = (mail.customer_id or "", name, mail.document_number, recipients)
    return (*about, mail.status, sent, reason)

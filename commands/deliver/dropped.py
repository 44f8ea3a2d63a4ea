"""A mail that nobody asked for, or that is one of many, leaves only while it is still right."""

from sqlmodel import Session

from commands.batches.telling import stopped_by
from commands.bulk_send import wanted
from commands.desk import Desk
from storage import batches, invoices
from storage.deliveries import Delivery


class Dropped(Exception):
    """The mail is not to leave any more; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def require_wanted(session: Session, desk: Desk, row: Delivery) -> None:
    """Raises `Dropped`. What a person sent to one customer always leaves."""
    if row.batch_id is not None:
        _require_not_stopped(session, row.batch_id)
    if row.purpose == "bulk":
        _require_open(session, row)
    prepared_in = row.payload.get("mail_mode", "")
    if not prepared_in:
        return
    mode = desk.policy.mail_mode
    if prepared_in != mode:
        raise Dropped(f"MAIL_MODE was {prepared_in} when it was queued and is {mode} now")
    invoice = invoices.find(session, row.invoice_number or "")
    if invoice is None:
        return
    queued = row.payload["version"]
    if invoice.version > queued:
        raise Dropped(f"version {invoice.version} has replaced version {queued}")
    if invoice.lifecycle == "void":
        raise Dropped("it is void by now")


def _require_not_stopped(session: Session, batch_id: str) -> None:
    batch = batches.find(session, batch_id)
    if batch is not None and batch.ending:
        raise Dropped(stopped_by(session, batch))


def _require_open(session: Session, row: Delivery) -> None:
    why = wanted.why_not(session, row)
    if why:
        raise Dropped(why)

"""What became of the automatic invoices of one import, read as things are now."""

from sqlmodel import Session

from commands.errors import NotFound
from renderers.slack_values import AutomaticReport, Gap
from storage import automatic_invoices, import_runs
from storage.automatic_invoices import AutomaticInvoice
from storage.deliveries import Delivery, DeliveryStatus

_ON_THEIR_WAY: tuple[DeliveryStatus, ...] = ("queued", "sending")
_NOT_MAILED: tuple[DeliveryStatus, ...] = ("failed", "cancelled")

Decided = tuple[AutomaticInvoice, Delivery | None]


def assemble(session: Session, run_id: int) -> AutomaticReport:
    """Raises `NotFound`."""
    run = import_runs.find(session, run_id)
    if run is None:
        raise NotFound("That import is not known.")
    rows = automatic_invoices.of_run(session, run_id)
    mails = [mail for _, mail in rows if mail is not None]
    return AutomaticReport(
        run_id=run_id,
        imported_at=run.at,
        mailed=sum(mail.status == "sent" for mail in mails),
        on_their_way=sum(mail.status in _ON_THEIR_WAY for mail in mails),
        without_link=tuple(_gap(m, _no_link(m)) for m in mails if _has_no_link(m)),
        partly=tuple(gap for gap in map(_partly, rows) if gap),
        unclear=tuple(_gap(m, m.error or "") for m in mails if m.status == "unknown"),
        not_mailed=tuple(gap for gap in map(_not_mailed, rows) if gap),
        trial=any(row.mail_mode == "redirect" for row, _ in rows),
    )


def _partly(decided: Decided) -> Gap | None:
    row, mail = decided
    if mail is None or mail.status != "sent":
        return None
    why = "; ".join(part for part in (mail.error, row.reason) if part)
    return _gap(mail, why) if why else None


def _not_mailed(decided: Decided) -> Gap | None:
    row, mail = decided
    if row.state == "skipped":
        return Gap(row.invoice_number, row.reason)
    failed = mail is not None and mail.status in _NOT_MAILED
    return _gap(mail, mail.error or "") if mail is not None and failed else None


def _gap(mail: Delivery, reason: str) -> Gap:
    return Gap(mail.invoice_number or "", reason)


def _has_no_link(mail: Delivery) -> bool:
    return mail.link_id is None and mail.status not in _NOT_MAILED


def _no_link(mail: Delivery) -> str:
    return str(mail.payload.get("no_link_reason", ""))

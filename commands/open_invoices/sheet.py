"""Everything that is ticked, as CSV, for the person who has the review open."""

from collections.abc import Iterator
from datetime import date

from commands.access import Actor, Permission, require
from commands.csv_files import CsvFile, written
from commands.desk import Desk
from commands.errors import NotFound
from commands.open_invoices import review
from commands.open_invoices.mails import ReviewMail
from storage.candidates import Row
from storage.money import Money

_HEADER = (
    "customer_id,customer,recipients,invoice_number,po_number,issue_date,due_date,days_late,"
    "currency,original,paid_and_credits,balance"
).split(",")


def selection_csv(actor: Actor, desk: Desk, *, selection_id: str) -> CsvFile:
    """Raises `NotFound` for a selection that is somebody else's or forgotten."""
    require(actor, Permission.BUILD_BULK_SEND)
    today = desk.policy.today(desk.clock.now())
    mails = review.mails_of(actor, desk, selection_id=selection_id)
    if not mails:
        raise NotFound("Nothing is ticked any more.")
    rows = (line for mail in mails for line in _lines(mail, today))
    return written("payment-links.csv", _HEADER, rows)


def _lines(mail: ReviewMail, today: date) -> Iterator[list[str]]:
    whose = [mail.customer_id, mail.customer_name, "; ".join(mail.recipients)]
    for row in mail.rows:
        yield [*whose, *_invoice(row, today)]


def _invoice(row: Row, today: date) -> list[str]:
    amounts = (row.total, row.total - row.balance, row.balance)
    return [
        row.number,
        row.po_number,
        row.issue_date.isoformat(),
        row.due_date.isoformat(),
        str(max((today - row.due_date).days, 0)),
        row.currency,
        *(format(Money(amount, row.currency).whole, "f") for amount in amounts),
    ]

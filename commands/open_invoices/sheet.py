"""Everything that is ticked, as CSV, for the person who has the review open."""

from collections.abc import Iterator
from datetime import date

from commands import previews
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.open_invoices import review
from commands.open_invoices.review import ReviewMail
from commands.people import actors
from commands.previews import SelectionSheet
from renderers import csv_text
from renderers.csv_text import cell
from storage.candidates import Row
from storage.money import Money

FILE_NAME = "Payment links to send.csv"
_HEADER = (
    "customer_id,customer,recipients,invoice_number,po_number,issue_date,due_date,days_late,"
    "currency,original,paid_and_credits,balance"
).split(",")


def signed_sheet(desk: Desk, *, signed: str) -> bytes | None:
    """The file behind a signed address; None: the address is of something else.

    Raises `PreviewUnknown`, `PreviewExpired`, `NotPermitted` or `NotFound`.
    """
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    if not isinstance(asked, SelectionSheet):
        return None
    # A role taken away closes what was signed before too.
    return sheet(actors.present(desk, asked.person_id), desk, selection_id=asked.selection_id)


def sheet(actor: Actor, desk: Desk, *, selection_id: str) -> bytes:
    """Raises `NotFound` for a selection that is somebody else's or forgotten."""
    require(actor, Permission.BUILD_BULK_SEND)
    today = desk.policy.today(desk.clock.now())
    mails = review.mails_of(actor, desk, selection_id=selection_id)
    if not mails:
        raise NotFound("Nothing is ticked any more.")
    return csv_text.table(_HEADER, (line for mail in mails for line in _lines(mail, today)))


def _lines(mail: ReviewMail, today: date) -> Iterator[list[str]]:
    whose = [cell(mail.customer_id), cell(mail.customer_name), cell("; ".join(mail.recipients))]
    for row in mail.rows:
        yield [*whose, *_invoice(row, today)]


def _invoice(row: Row, today: date) -> list[str]:
    amounts = (row.total, row.total - row.balance, row.balance)
    return [
        cell(row.number),
        cell(row.po_number),
        row.issue_date.isoformat(),
        row.due_date.isoformat(),
        str(max((today - row.due_date).days, 0)),
        row.currency,
        *(format(Money(amount, row.currency).whole, "f") for amount in amounts),
    ]

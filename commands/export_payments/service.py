"""Payments as CSV to be posted in an ERP."""

import csv
from datetime import date
from typing import TextIO
from zoneinfo import ZoneInfo

from commands.export_payments.rows import PaymentRow, rows_of
from renderers import csv_cells
from storage import payment_export
from storage.database import Database
from storage.money import Money, decimals

HEADER = (
    "date",
    "payment",
    "customer",
    "invoice",
    "amount applied",
    "currency",
    "method",
    "reference",
    "fee",
    "payout",
)


def write(database: Database, stream: TextIO, *, since: date | None, timezone: ZoneInfo) -> None:
    """One consistent read in a stable order: payments as they were received, below each what
    went back of it. `since` leaves out rows of earlier days, as `timezone` has them.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    with database.reading() as session:
        for story in payment_export.stories(session):
            for row in rows_of(story, timezone):
                if since is None or row.on >= since:
                    writer.writerow(_cells(row))


def _cells(row: PaymentRow) -> list[str]:
    return [
        row.on.isoformat(),
        csv_cells.literal(row.payment_id),
        csv_cells.literal(row.customer_id),
        csv_cells.literal(row.invoice),
        _decimal(row.amount),
        row.amount.currency,
        csv_cells.literal(row.method),
        csv_cells.literal(row.reference),
        _fee(row),
        row.payout_id,
    ]


def _fee(row: PaymentRow) -> str:
    """In the row's currency; Stripe may keep it in another one, which is then named."""
    if row.fee is None:
        return ""
    return _decimal(row.fee) if row.fee.currency == row.amount.currency else str(row.fee)


def _decimal(amount: Money) -> str:
    return f"{amount.whole:.{decimals(amount.currency)}f}"

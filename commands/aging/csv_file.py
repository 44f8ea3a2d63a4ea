"""Every row of Aging / Statements as a CSV, for the person who asked, for ten minutes."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date
from typing import IO

from commands import previews
from commands.access import Actor, Permission, require
from commands.aging import query as queries
from commands.aging.query import Query
from commands.desk import Desk
from commands.people import actors
from commands.previews import AgingFile
from renderers import csv_cells
from storage import receivables
from storage.ages import BUCKETS
from storage.money import Money
from storage.receivables import CustomerBalance

NAME = "aging {day}.csv"
_HEADER = (
    "customer_id",
    "name",
    "currency",
    "open_invoices",
    "oldest_due",
    "current",
    "days_1_30",
    "days_31_60",
    "days_61_90",
    "days_over_90",
    "disputed",
    "total_owed",
    "unapplied_credit",
    "credit_memos",
)
_IN_MEMORY = 1_000_000  # bytes; what is more lies in a temporary file meanwhile
_PIECE = 64 * 1024  # bytes


def aging_file(desk: Desk, *, signed: str) -> tuple[str, Iterator[bytes]] | None:
    """A file name and the pieces of the file; None: the address is of something else.

    Raises `PreviewUnknown`, `PreviewExpired` or `NotPermitted`.
    """
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    if not isinstance(asked, AgingFile):
        return None
    # A role taken away closes what was signed before too.
    actor = actors.present(desk, asked.person_id)
    today = desk.policy.today(desk.clock.now())
    return NAME.format(day=today), _pieces(_written(actor, desk, queries.read(asked.query), today))


def _written(actor: Actor, desk: Desk, query: Query, today: date) -> IO[bytes]:
    """One consistent read, over before the first byte leaves: nobody's slow line holds it up."""
    require(actor, Permission.SEE_INVOICES)
    wanted = queries.filters(query, desk)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed when it was sent
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    text.write("\ufeff")  # without it Excel reads names as Latin-1
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    with desk.database.reading() as session:
        for row in receivables.every_balance(session, today, wanted, order=query.worst):
            writer.writerow(_cells(row))
    text.detach()
    file.seek(0)
    return file


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _cells(row: CustomerBalance) -> list[str]:
    sums = row.sums
    amounts = [*(sums.ages[name] for name in BUCKETS), sums.disputed, sums.owed]
    amounts += [sums.unapplied, sums.memos]
    return [
        csv_cells.literal(row.customer_id),
        csv_cells.literal(row.name),
        row.currency,
        str(sums.invoices),
        row.oldest_due.isoformat() if row.oldest_due else "",
        *(format(Money(amount, row.currency).whole, "f") for amount in amounts),
    ]

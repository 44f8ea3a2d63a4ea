"""Every row of Aging / Statements as a CSV, for the person who asked, for ten minutes."""

from commands.access import Actor, Permission, require
from commands.aging import query as queries
from commands.auditing import audited
from commands.csv_files import CsvFile, written
from commands.desk import Desk
from storage import receivables
from storage.ages import BUCKETS
from storage.money import Money
from storage.receivables import CustomerBalance

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


@audited("export_aging")
def aging_csv(actor: Actor, desk: Desk, *, query: str) -> CsvFile:
    """`query` as `commands.aging.query` writes it."""
    require(actor, Permission.SEE_INVOICES)
    asked, today = queries.read(query), desk.policy.today(desk.clock.now())
    wanted = queries.filters(asked, desk)
    with desk.database.reading() as session:
        found = receivables.every_balance(session, today, wanted, order=asked.worst)
        return written(f"aging {today}.csv", _HEADER, map(_cells, found))


def _cells(row: CustomerBalance) -> list[str]:
    sums = row.sums
    amounts = [*(sums.ages[name] for name in BUCKETS), sums.disputed, sums.owed]
    amounts += [sums.unapplied, sums.memos]
    return [
        row.customer_id,
        row.name,
        row.currency,
        str(sums.invoices),
        row.oldest_due.isoformat() if row.oldest_due else "",
        *(format(Money(amount, row.currency).whole, "f") for amount in amounts),
    ]

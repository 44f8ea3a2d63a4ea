"""Credit memos put on the invoices that `applies_to` names."""

from commands.import_files.report import RowRefused
from commands.import_files.rows import InvoiceRow
from commands.import_files.run import Run
from storage import bulk, payments
from storage.invoices import Invoice


def apply_credits(run: Run) -> None:
    """After every invoice is written, so that the order of rows does not matter."""
    rows = [draft.row for draft in run.staged.invoices.good.values() if draft.row.applies_to]
    for batch in bulk.chunks(sorted(rows, key=lambda row: (row.issue_date, row.invoice_number))):
        numbers = {row.invoice_number for row in batch} | {row.applies_to or "" for row in batch}
        found = {
            invoice.number: invoice
            for invoice in bulk.by_keys(run.session, Invoice, Invoice.number, numbers)
        }
        for row in batch:
            _apply_once(run, row, found[row.invoice_number], found[row.applies_to or ""])


def _apply_once(run: Run, row: InvoiceRow, credit: Invoice, target: Invoice) -> None:
    if credit.applies_to not in {None, target.number}:
        reason = f"{credit.number} is applied to {credit.applies_to}, which does not change"
        mend = "leave applies_to as it was"
        error = RowRefused(row.place, "applies_to", f"{reason}: {mend}")
        run.refuse(run.staged.invoices, credit.number, error)
        return
    if credit.applies_to is None or credit.number in run.changed:
        credit.applies_to = target.number
        run.session.add(credit)
        _apply(run, credit, target)


def _apply(run: Run, credit: Invoice, target: Invoice) -> None:
    amount = min(-credit.balance.minor, target.balance.minor)
    if amount > 0:
        payments.apply_credit(run.session, credit, target, amount)
        run.changed |= {credit.number, target.number}

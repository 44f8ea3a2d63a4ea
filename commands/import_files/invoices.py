"""Invoices and credit memos into the database; what is here already goes to `versions`."""

from datetime import timedelta
from typing import Any

from commands.import_files.report import RowRefused
from commands.import_files.run import Run
from commands.import_files.staging import Draft
from commands.import_files.versions import lines_of, renew, replace_contents, terms_of
from storage import bulk
from storage.invoices import Invoice, InvoiceLine
from storage.search_terms import SearchTerm


def apply_invoices(run: Run) -> None:
    done = 0
    for batch in bulk.chunks(list(run.staged.invoices.good.values())):
        numbers = [draft.row.invoice_number for draft in batch]
        stored = {
            invoice.number: invoice
            for invoice in bulk.by_keys(run.session, Invoice, Invoice.number, numbers)
        }
        _create(run, [draft for draft in batch if draft.row.invoice_number not in stored])
        known = [draft for draft in batch if draft.row.invoice_number in stored]
        newer = [draft for draft in known if _renew(run, draft, stored[draft.row.invoice_number])]
        replace_contents(run, newer)
        run.renewed |= {draft.row.invoice_number for draft in newer}
        run.session.flush()
        done += len(batch)
        run.staged.ticker.at("invoices applied", done)


def _renew(run: Run, draft: Draft, invoice: Invoice) -> bool:
    try:
        return renew(run, draft, invoice)
    except RowRefused as error:
        run.refuse(run.staged.invoices, invoice.number, error)
        return False


def _create(run: Run, drafts: list[Draft]) -> None:
    run.created |= {draft.row.invoice_number for draft in drafts}
    run.report.count("invoices", "created", len(drafts))
    bulk.insert(run.session, Invoice, [_columns(run, draft) for draft in drafts])
    lines = lines_of(run, drafts)
    bulk.insert(run.session, InvoiceLine, lines)
    bulk.insert(run.session, SearchTerm, terms_of(drafts))
    run.report.count("invoice_lines", "created", len(lines))


def _columns(run: Run, draft: Draft) -> dict[str, Any]:
    row, priced = draft.row, run.checked.priced[draft.row.invoice_number]
    terms = run.checked.references.customers[row.customer_id].terms_days
    return {
        "number": row.invoice_number,
        "customer_id": row.customer_id,
        "order_number": row.order_number or "",
        "issue_date": row.issue_date,
        "due_date": row.due_date or row.issue_date + timedelta(days=terms),
        "currency": priced.currency,
        "po_number": row.po_number or "",
        "notes": row.notes or "",
        "version": row.version or 1,
        "net": priced.net,
        "tax": priced.tax,
        "rounding": priced.rounding,
        "total": priced.total,
        "allocated": 0,
        "lifecycle": row.status or "issued",
        "applies_to": None,
        "digest": priced.digest,
        "recorded_at": run.desk.clock.now(),
    }

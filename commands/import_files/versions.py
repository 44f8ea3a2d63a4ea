"""An invoice that is here already: the same again, a new version, void or written off."""

from decimal import Decimal
from typing import Any

from commands.import_files.pricing import Priced
from commands.import_files.releases import end, release_above
from commands.import_files.report import Change, RowRefused
from commands.import_files.rows import InvoiceRow
from commands.import_files.run import Run
from commands.import_files.staging import Draft
from storage import bulk, search_terms
from storage.invoices import Invoice, InvoiceLine
from storage.search_terms import SearchTerm

# What belongs to a version: it changes only together with a higher one.
_VERSIONED = ("order_number", "issue_date", "due_date", "po_number", "notes")


def renew(run: Run, draft: Draft, invoice: Invoice) -> bool:
    """Take the row over; True for a new version, whose contents are still to be replaced.

    Raises `RowRefused` when the row contradicts what is stored.
    """
    row, priced = draft.row, run.checked.priced.get(draft.row.invoice_number)
    version = row.version or invoice.version
    if version < invoice.version:
        reason = f"version {version} of {invoice.number} is older than the one here"
        mend = f"give a version above {invoice.version}"
        raise RowRefused(row.place, "version", f"{reason}: {mend}")
    newer = version > invoice.version
    if newer:
        _replace(run, draft, invoice, priced)
    else:
        _check_same(draft, invoice, priced)
    ended = _end(run, row, invoice, newer=newer)
    _count(run, draft, lines="updated" if newer else "unchanged", updated=newer or ended)
    return newer


def same_invoice(draft: Draft, invoice: Invoice, priced: Priced | None) -> bool:
    """Nothing in the files is news about it."""
    row = draft.row
    if row.version not in {None, invoice.version} or row.status not in {
        None,
        "issued",
        invoice.lifecycle,
    }:
        return False
    if row.applies_to not in {None, invoice.applies_to}:
        return False
    try:
        _check_same(draft, invoice, priced)
    except RowRefused:
        return False
    return True


def _count(run: Run, draft: Draft, *, lines: Change, updated: bool) -> None:
    run.report.count("invoices", "updated" if updated else "unchanged")
    run.report.count("invoice_lines", lines, len(draft.lines))


def _check_same(draft: Draft, invoice: Invoice, priced: Priced | None) -> None:
    row = draft.row
    for column in _VERSIONED:
        if getattr(row, column) not in {None, getattr(invoice, column)}:
            raise _changed(row, column, invoice)
    if priced is None:
        return
    if row.total is not None and priced.total != invoice.total:
        raise _changed(row, "total", invoice)
    if draft.lines and priced.digest != invoice.digest:
        raise _changed(row, "", invoice)


def _changed(row: InvoiceRow, column: str, invoice: Invoice) -> RowRefused:
    what = column or "one of its lines"
    reason = f"{what} differs from version {invoice.version} of {invoice.number} as it is here"
    mend = f"give the changed invoice a version above {invoice.version}"
    return RowRefused(row.place, column, f"{reason}: {mend}")


def _replace(run: Run, draft: Draft, invoice: Invoice, priced: Priced | None) -> None:
    row = draft.row
    if not draft.lines and (priced is None or invoice.digest != priced.digest):
        reason = f"version {row.version} of {invoice.number} comes without its lines"
        raise RowRefused(row.place, "", f"{reason}: import them in the same call")
    assert priced is not None
    run.changed |= release_above(run.session, invoice, abs(priced.total)) | {invoice.number}
    for column in (*_VERSIONED, "version"):
        value = getattr(row, column)
        setattr(invoice, column, getattr(invoice, column) if value is None else value)
    invoice.net, invoice.tax, invoice.rounding = priced.net, priced.tax, priced.rounding
    invoice.total, invoice.digest = priced.total, priced.digest
    run.session.add(invoice)


def replace_contents(run: Run, drafts: list[Draft]) -> None:
    """Lines and search words of invoices that have a new version now."""
    numbers = [draft.row.invoice_number for draft in drafts]
    bulk.delete_by_keys(run.session, InvoiceLine, InvoiceLine.invoice_number, numbers)
    bulk.insert(run.session, InvoiceLine, lines_of(run, drafts))
    again = [draft for draft in drafts if draft.row.po_number is not None]
    known = [draft.row.invoice_number for draft in again]
    search_terms.forget_all(run.session, "invoice", known)
    bulk.insert(run.session, SearchTerm, terms_of(again))


def _end(run: Run, row: InvoiceRow, invoice: Invoice, *, newer: bool) -> bool:
    """Void or write off; True when that is news.

    Only a higher version issues again what was ended: a file that still says `issued` may be
    older than the decision.
    """
    status: Any = row.status
    if status in {None, invoice.lifecycle}:
        return False
    if not newer and (status == "issued" or invoice.lifecycle == "void"):
        return False
    today = run.desk.policy.today(run.desk.clock.now())
    run.changed |= end(run.session, invoice, status, today)
    return True


def lines_of(run: Run, drafts: list[Draft]) -> list[dict[str, Any]]:
    """Columns of every line."""
    return [
        {
            "invoice_number": line.invoice_number,
            "line": line.line,
            "description": line.description or "",
            "quantity": line.quantity,
            "unit": line.unit or "",
            "unit_price": line.unit_price,
            "tax_rate": line.tax_rate or Decimal(0),
            "amount": net,
            "tax": tax,
        }
        for draft in drafts
        for line, (net, tax) in zip(
            draft.lines, run.checked.priced[draft.row.invoice_number].amounts, strict=True
        )
    ]


def terms_of(drafts: list[Draft]) -> list[dict[str, Any]]:
    """Columns of the search words of each invoice."""
    return [
        {"kind": "invoice", "term": term, "ref": draft.row.invoice_number}
        for draft in drafts
        for term in search_terms.document_terms(draft.row.invoice_number, draft.row.po_number or "")
    ]

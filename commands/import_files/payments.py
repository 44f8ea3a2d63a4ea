"""Payments recorded elsewhere into the database; reversals follow when all of them are there."""

from typing import Any

from commands.import_files import recognised
from commands.import_files.report import Change, RowRefused
from commands.import_files.run import Run
from commands.import_files.told import WORD_COUNTS, Told, digest, told
from storage import bulk, payments
from storage.invoices import Invoice
from storage.payments import Payment, Shares

_SAME_FOR_ALL: dict[str, Any] = {
    "refunded": 0,
    "disputed": 0,
    "status": "succeeded",
    "source": "import",
    "method_detail": "",
    "payer_email": "",
    "statement_descriptor": "",
    "attempt_id": None,
    "expected_by": None,
    "failure": "",
    "recorded_by": "",
    "cheque_number": "",
    "erp_id": None,
}


def apply_payments(run: Run) -> dict[str, Change]:
    """Write the payments that are new; says by key what became of each."""
    changes: dict[str, Change] = {}
    for batch in bulk.chunks(told(run.checked)):
        stored = recognised.stored(run.session, batch)
        new = recognised.claim(run.session, batch, stored)
        changes |= _apply_batch(run, batch, stored)
        changes |= {key: "updated" for key in new if key in changes}
    return changes


def _apply_batch(run: Run, batch: list[Told], stored: dict[str, Payment]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    new: list[Told] = []
    for one in batch:
        try:
            _check_invoices(run, one)
            _check_twin(one, stored)
            if one.key in stored:
                changes[one.key] = _compare(run, one, stored[one.key])
            elif one.positive:
                _check_reversed(one)
                new.append(one)
        except RowRefused as error:
            run.refuse(run.staged.payments, one.key, error)
    _create(run, new)
    return changes | {one.key: "created" for one in new}


def _check_invoices(run: Run, one: Told) -> None:
    """An invoice may have been refused only just now, when its stored version was compared."""
    for part in one.parts:
        number = part.row.invoice_number
        if number in run.staged.invoices.spoilt:
            reason = f"invoice {number} is refused too"
            raise RowRefused(part.row.place, "invoice_number", reason)


def _check_twin(one: Told, stored: dict[str, Payment]) -> None:
    for part in one.parts:
        if part.row.payment_id != one.key and part.row.payment_id in stored:
            reason = f"{part.row.payment_id} is here already as money of its own, beside {one.key}"
            mend = "reverse it with a negative row, or remove the reference"
            raise RowRefused(part.row.place, "reference", f"{reason}: {mend}")


def _check_reversed(one: Told) -> None:
    negative = [part for part in one.parts if part.minor < 0]
    if -sum(part.minor for part in negative) > one.amount:
        reason = f"the rows of {one.key} take back more than they paid"
        raise RowRefused(negative[-1].row.place, "amount", f"{reason}: correct an amount")


def _compare(run: Run, one: Told, payment: Payment) -> Change:
    """The word of Stripe, or of who took it here, counts; the rest must be as it was."""
    row = one.parts[0].row
    if payment.customer_id not in {None, row.customer_id}:
        reason = f"payment {payment.id} is of customer {payment.customer_id}, not {row.customer_id}"
        raise RowRefused(row.place, "customer_id", reason)
    if payment.currency != one.parts[0].currency:
        reason = f"payment {payment.id} is in {payment.currency}, not {one.parts[0].currency}"
        raise RowRefused(row.place, "currency", reason)
    if payment.source in WORD_COUNTS or not one.positive:
        return "unchanged"
    if payment.digest != digest(one):
        reason = f"payment {payment.id} is here with other amounts, dates or invoices"
        mend = "reverse it with a negative row and give the right one another id"
        raise RowRefused(row.place, "", f"{reason}: {mend}")
    return _describe(run, one, payment)


def _describe(run: Run, one: Told, payment: Payment) -> Change:
    method, reference = one.first("method"), one.first("reference")
    before = (payment.method, payment.reference)
    payment.method, payment.reference = method or before[0], reference or before[1]
    run.session.add(payment)
    return "unchanged" if (payment.method, payment.reference) == before else "updated"


def _create(run: Run, new: list[Told]) -> None:
    named = {part.row.invoice_number or "" for one in new for part in one.positive}
    found = {
        invoice.number: invoice
        for invoice in bulk.by_keys(run.session, Invoice, Invoice.number, named)
    }
    room = {number: invoice.balance.minor for number, invoice in found.items()}
    rows = [(_columns(run, one), _shares(one, found, room)) for one in new]
    payments.add_allocated(run.session, rows)
    run.changed |= {invoice.number for _, shares in rows for invoice, _ in shares}


def _shares(one: Told, found: dict[str, Invoice], room: dict[str, int]) -> Shares:
    """What each invoice can take of its parts; more than its balance stays unapplied."""
    shares: dict[str, int] = {}
    for part in one.positive:
        number = part.row.invoice_number
        if number and (amount := min(part.minor, room[number])) > 0:
            room[number] -= amount
            shares[number] = shares.get(number, 0) + amount
    return [(found[number], amount) for number, amount in shares.items()]


def _columns(run: Run, one: Told) -> dict[str, Any]:
    first = one.positive[0]
    return _SAME_FOR_ALL | {
        "id": one.key,
        "customer_id": first.row.customer_id,
        "currency": first.currency,
        "amount": one.amount,
        "method": one.first("method") or "other",
        "reference": one.first("reference"),
        "received_on": min(part.row.date for part in one.positive),
        "recorded_at": run.desk.clock.now(),
        "digest": digest(one),
    }

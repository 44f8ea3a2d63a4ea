"""Payments and reversals that staff recorded here, when an import tells of them again.

A payment is the same under the same id, ours or the ERP's once it is known; else when customer,
currency, amount, day and method agree, and the reference or the number of the cheque. Each is
recognised once, so that two equal ones in the files are two here as well.
"""

from collections.abc import Iterable

from sqlmodel import Session

from commands.import_files.told import Told
from commands.rules.references import comparable, same_method
from storage import bulk, payments_taken
from storage.payments import Payment
from storage.reversals import PaymentReversal


def stored(session: Session, batch: list[Told]) -> dict[str, Payment]:
    """The payments that the files tell of and that are here, by the files' keys and ids."""
    ids = {part.row.payment_id for one in batch for part in one.parts}
    keys = ids | {one.key for one in batch}
    by_erp_id = bulk.by_keys(session, Payment, Payment.erp_id, keys)
    found = {row.erp_id or "": row for row in by_erp_id}
    return found | {row.id: row for row in bulk.by_keys(session, Payment, Payment.id, keys)}


def claim(session: Session, batch: list[Told], known: dict[str, Payment]) -> list[str]:
    """Give each payment of staff that is told for the first time its id in the ERP.

    Completes `known`; returns the keys of those that were recognised just now.
    """
    new = list[str]()
    for one in batch:
        if one.key in known or not one.positive:
            continue
        row = _alike(session, one)
        if row is not None:
            row.erp_id = one.key
            session.add(row)
            session.flush()
            known[one.key] = row
            new.append(one.key)
    return new


def reversal(session: Session, payments_: Iterable[Payment], amount: int) -> PaymentReversal | None:
    """A reversal by staff of that amount, of which no import has told yet."""
    for payment in payments_:
        for row in payments_taken.reversals(session, payment.id):
            if row.amount == amount and row.reversed_by and not row.digest:
                return row
    return None


def _alike(session: Session, one: Told) -> Payment | None:
    part = one.positive[0]
    day = min(each.row.date for each in one.positive)
    customer_id, currency = part.row.customer_id, part.currency
    rows = payments_taken.unclaimed(session, customer_id, currency, one.amount, day)
    return next((row for row in rows if _same_words(row, one)), None)


def _same_words(row: Payment, one: Told) -> bool:
    """Without any reference only a method that is named can tell them apart."""
    method, told = one.first("method"), comparable(one.first("reference"))
    ours = comparable(row.reference, row.cheque_number)
    if not same_method(row.method, method):
        return False
    return bool(ours & told) or (not ours and not told and bool(method))

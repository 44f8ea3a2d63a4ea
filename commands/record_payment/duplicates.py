"""Payments that look as if they were this very one, recorded before."""

from datetime import timedelta

from sqlmodel import Session

from commands.record_payment.form import TakenPayment
from commands.rules.references import comparable
from storage import payments_taken
from storage.payments import Payment

_WITHIN = timedelta(days=30)


def find(session: Session, customer_id: str, taken: TakenPayment) -> list[Payment]:
    """The same customer, amount and reference or cheque number within thirty days.

    Where neither has a reference: the same method on the same day.
    """
    days = (taken.received_on - _WITHIN, taken.received_on + _WITHIN)
    amount = taken.amount
    found = payments_taken.of_amount(session, customer_id, amount.currency, amount.minor, days)
    return [row for row in found if _alike(row, taken)]


def _alike(row: Payment, taken: TakenPayment) -> bool:
    mine = comparable(taken.reference, taken.cheque_number)
    theirs = comparable(row.reference, row.cheque_number)
    if mine or theirs:
        return bool(mine & theirs)
    return (row.method, row.received_on) == (taken.method, taken.received_on)

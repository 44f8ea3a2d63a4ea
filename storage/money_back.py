"""Money of a payment that went back: refunded, taken by a dispute, and given back again.

The writers of `Payment.refunded` and `Payment.disputed` beside `payments.reverse`; callers hold
the customer and the payment.
"""

from collections.abc import Mapping

from sqlmodel import Session

from storage import disputes, payments, refunds
from storage.invoices import Invoice
from storage.payments import Payment


def refundable(session: Session, payment: Payment) -> int:
    """Minor units that can still be given back; what is ordered already is not among them."""
    if payment.status != "succeeded":
        return 0
    left = payment.amount - payment.refunded - payment.disputed
    return max(left - refunds.ordered(session, payment.id), 0)


def settle(
    session: Session, payment: Payment, *, first: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Bring the payment to what its refunds, disputes and imported reversals say.

    What the gateway has refunded and what imported rows reverse may be the same money: the larger
    of the two counts. Where money went, it comes off `first` (minor units by invoice number), then
    off what is unapplied, then off the invoice that was due last. Returns minor units taken off,
    by invoice number.
    """
    told = refunds.counted(session, payment.id)
    given = max(told, payments.reversed_of(session, payment.id))
    refunded = min(given, payment.amount)
    disputed = min(disputes.withdrawn(session, payment.id), payment.amount - refunded)
    taken = refunded + disputed - payment.refunded - payment.disputed
    released = _release(session, payment, taken, refunded + disputed, first or {})
    payment.refunded, payment.disputed = refunded, disputed
    session.add(payment)
    session.flush()
    return released


def put_back(session: Session, payment: Payment, parts: Mapping[str, int]) -> dict[str, int]:
    """Lay money that returned on the invoices it came off, as far as they are open.

    Returns what was laid, minor units by invoice number; the rest is unapplied. Where another
    refund or dispute has the money meanwhile, the invoice waits for that one instead.
    """
    laid, missing = dict[str, int](), dict[str, int]()
    invoices = [session.get_one(Invoice, number) for number in parts]
    for invoice in sorted(invoices, key=lambda row: (row.due_date, row.number)):
        wanted = min(parts[invoice.number], max(invoice.balance.minor, 0))
        amount = min(wanted, payment.unapplied)
        if amount > 0:
            payments.allocate(session, payment, invoice, amount)
            laid[invoice.number] = amount
        if wanted > amount:
            missing[invoice.number] = wanted - amount
    _hand_on(session, payment, missing)
    return laid


def _hand_on(session: Session, payment: Payment, missing: dict[str, int]) -> None:
    for refund in refunds.counted_rows(session, payment.id):
        lines = _more(refunds.lines(session, refund.id), refund.amount, missing)
        refunds.replace_lines(session, refund.id, lines)
    for dispute in disputes.withdrawn_rows(session, payment.id):
        lines = _more(disputes.lines(session, dispute.id), dispute.withdrawn, missing)
        disputes.replace_lines(session, dispute.id, lines)


def _more(lines: dict[str, int], most: int, missing: dict[str, int]) -> dict[str, int]:
    """`lines` filled up to `most` with what is `missing`, which shrinks by it."""
    for number, amount in missing.items():
        share = min(amount, most - sum(lines.values()))
        if share > 0:
            lines[number] = lines.get(number, 0) + share
            missing[number] -= share
    return lines


def _release(
    session: Session, payment: Payment, taken: int, gone: int, first: Mapping[str, int]
) -> dict[str, int]:
    released = dict[str, int]()
    for number, wish in first.items():
        _off(session, payment, number, min(wish, taken - sum(released.values())), released)
    for number in newest_first(session, payment):
        _off(session, payment, number, payment.allocated + gone - payment.amount, released)
    return released


def newest_first(session: Session, payment: Payment) -> list[str]:
    """The invoices that the payment lies on, the one that was due last before the others."""
    parts = payments.allocations(session, payment.id)
    rows = [session.get_one(Invoice, part.invoice_number) for part in parts]
    rows.sort(key=lambda row: (row.due_date, row.number), reverse=True)
    return [row.number for row in rows]


def _off(
    session: Session, payment: Payment, number: str, most: int, released: dict[str, int]
) -> None:
    rows = {row.invoice_number: row for row in payments.allocations(session, payment.id)}
    amount = min(most, rows[number].amount if number in rows else 0)
    if amount > 0:
        payments.release(session, payment, session.get_one(Invoice, number), amount)
        released[number] = released.get(number, 0) + amount

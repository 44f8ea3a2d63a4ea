"""Everything that ever moved what a customer owes, in one currency, as the ledger has it now.

Each entry has the business day on which it counts:

- an invoice and a credit memo: the day of issue; the total of its newest version;
- a void or a write-off: the day it was done (never before the day of issue). A document that came
  here void already never was owed, and is no entry;
- a payment: the day it was received; only money that is there (`succeeded`);
- a refund: the day it was made at the gateway, from then on and unless it fails;
- a reversal: its own day, without what a refund of the gateway gave back already;
- a dispute: the day it was opened, with what the bank holds now; nothing once it is given back.

An amount below zero lowers what is owed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from storage.account_values import Entry, ItemKind, Laid
from storage.disputes import Dispute
from storage.invoices import Invoice
from storage.payments import CreditApplication, Payment, PaymentAllocation
from storage.refunds import COUNTED, Refund
from storage.reversals import PaymentReversal

BusinessDay = Callable[[datetime], date]


def entries(
    session: Session, customer_id: str, currency: str, business_day: BusinessDay
) -> list[Entry]:
    """All there ever were, in no order."""
    found = _documents(session, customer_id, currency)
    return found + _money(session, customer_id, currency, business_day)


def laid_by(session: Session, customer_id: str, currency: str, end: date) -> list[Laid]:
    """What payments received until `end` settle of invoices issued until then."""
    row = PaymentAllocation
    own = (
        select(row.payment_id, row.invoice_number, row.amount)
        .join(Payment, col(Payment.id) == row.payment_id)
        .join(Invoice, col(Invoice.number) == row.invoice_number)
        .where(Payment.customer_id == customer_id, Invoice.customer_id == customer_id)
        .where(Payment.currency == currency, Payment.received_on <= end)
        .where(Invoice.issue_date <= end)
    )
    return [Laid(*found) for found in session.execute(own).all()]


def credited_by(session: Session, customer_id: str, currency: str, end: date) -> list[Laid]:
    """What credit memos issued until `end` settle of invoices issued until then."""
    row = CreditApplication
    issued = select(Invoice.number).where(
        Invoice.customer_id == customer_id, Invoice.currency == currency, Invoice.issue_date <= end
    )
    own = select(row.credit_number, row.invoice_number, row.amount).where(
        col(row.credit_number).in_(issued), col(row.invoice_number).in_(issued)
    )
    return [Laid(*found) for found in session.execute(own).all()]


def currencies(session: Session, customer_id: str) -> list[str]:
    """In which the customer was ever billed, or paid."""
    billed = select(Invoice.currency).where(Invoice.customer_id == customer_id).distinct()
    paid = select(Payment.currency).where(Payment.customer_id == customer_id).distinct()
    return sorted({*session.exec(billed), *session.exec(paid)})


# -- invoices and credit memos ------------------------------------------------------------------


def _documents(session: Session, customer_id: str, currency: str) -> list[Entry]:
    own = select(Invoice).where(Invoice.customer_id == customer_id, Invoice.currency == currency)
    found: list[Entry] = []
    for row in session.exec(own):
        if row.lifecycle != "void" or row.ended_on is not None:
            found += _document(row)
    return found


def _document(row: Invoice) -> list[Entry]:
    issued = Entry(
        row.issue_date,
        "credit_memo" if row.is_credit_memo else "invoice",
        row.number,
        row.total,
        row.number,
        row.po_number,
        row.due_date,
        row.recorded_at,
    )
    if row.lifecycle == "issued":
        return [issued]
    # Until the day was kept, an invoice that ended counted as if it had ended at once.
    day = max(row.ended_on or row.issue_date, row.issue_date)
    if row.lifecycle == "void":
        return [issued, replace(issued, day=day, kind="void", amount=-row.total)]
    given_up = row.allocated - row.total
    return [issued, replace(issued, day=day, kind="write_off", amount=given_up)]


# -- payments and money that went back ----------------------------------------------------------


def _money(
    session: Session, customer_id: str, currency: str, business_day: BusinessDay
) -> list[Entry]:
    own = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.currency == currency,
        Payment.status == "succeeded",
    )
    rows = list(session.exec(own))
    taken = [row.id for row in rows if row.refunded or row.disputed]
    back = _given_back(session, customer_id, business_day) if taken else {}
    found: list[Entry] = []
    for row in rows:
        found.append(_payment(row))
        found += _capped(back.get(row.id, []), row)
    return found


def _payment(row: Payment) -> Entry:
    return Entry(
        row.received_on,
        "payment",
        row.id,
        -row.amount,
        row.id,
        row.reference or row.cheque_number,
        recorded_at=row.recorded_at,
    )


def _given_back(
    session: Session, customer_id: str, business_day: BusinessDay
) -> dict[str, list[Entry]]:
    """By payment, in the order in which they count against it."""
    back: defaultdict[str, list[Entry]] = defaultdict(list)
    refunds = _of_payments(session, Refund, customer_id, col(Refund.status).in_(COUNTED))
    for refund in sorted(refunds, key=lambda row: (row.made_at, row.id)):
        day, payment = business_day(refund.made_at), refund.payment_id
        back[payment].append(Entry(day, "refund", refund.id, refund.amount, payment))
    reversals = _of_payments(session, PaymentReversal, customer_id)
    for row in sorted(reversals, key=lambda row: (row.reversed_on, row.id, row.part)):
        number = f"{row.id}.{row.part}"
        entry = Entry(row.reversed_on, "reversal", number, row.amount, row.payment_id)
        back[row.payment_id].append(entry)
    disputes = _of_payments(session, Dispute, customer_id, Dispute.withdrawn > 0)
    for dispute in sorted(disputes, key=lambda row: (row.opened_at, row.id)):
        day, payment = business_day(dispute.opened_at), dispute.payment_id
        back[payment].append(Entry(day, "dispute", dispute.id, dispute.withdrawn, payment))
    return back


def _of_payments(session: Session, model: Any, customer_id: str, *also: Any) -> Iterable[Any]:
    own = select(model).join(Payment, col(Payment.id) == model.payment_id)
    return session.exec(own.where(Payment.customer_id == customer_id, *also))


def _capped(back: list[Entry], payment: Payment) -> list[Entry]:
    """As much of each as the payment itself says has gone back.

    What the gateway refunded and what was reversed here may be the same money: the earliest
    reversals stand for it and drop out.
    """
    refunds, refunded = _within(_only(back, "refund"), payment.refunded)
    same = sum(entry.amount for entry in refunds)
    reversals, _ = _within(_beyond(_only(back, "reversal"), same), refunded)
    disputes, _ = _within(_only(back, "dispute"), payment.disputed)
    return [*refunds, *reversals, *disputes]


def _only(back: list[Entry], kind: ItemKind) -> list[Entry]:
    return [entry for entry in back if entry.kind == kind]


def _within(back: list[Entry], most: int) -> tuple[list[Entry], int]:
    """The first ones, of `most` minor units together, and what is left of those."""
    kept: list[Entry] = []
    for entry in back:
        amount = min(entry.amount, most)
        most -= amount
        kept += [replace(entry, amount=amount)] if amount else []
    return kept, most


def _beyond(back: list[Entry], first: int) -> list[Entry]:
    """Without the first minor units."""
    kept: list[Entry] = []
    for entry in back:
        skipped = min(entry.amount, first)
        first -= skipped
        kept += [replace(entry, amount=entry.amount - skipped)] if entry.amount > skipped else []
    return kept

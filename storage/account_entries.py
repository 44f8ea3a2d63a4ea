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

A period end asks this for every customer: each question is built once, and answered in tuples.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, select, union
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from storage import bulk
from storage.account_values import Entry, ItemKind, Laid
from storage.disputes import Dispute
from storage.invoices import OPEN, Invoice
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
    own = {"customer": customer_id, "currency": currency, "until": end}
    return [Laid(*found) for found in bulk.tuples(session, _laid(), **own)]


def credited_by(session: Session, customer_id: str, currency: str, end: date) -> list[Laid]:
    """What credit memos issued until `end` settle of invoices issued until then."""
    own = {"customer": customer_id, "currency": currency, "until": end}
    return [Laid(*found) for found in bulk.tuples(session, _credited(), **own)]


def currencies(session: Session, customer_id: str) -> list[str]:
    """In which the customer was ever billed, or paid."""
    return sorted(row[0] for row in bulk.tuples(session, _used(), customer=customer_id))


def owing(session: Session, customer_ids: list[str]) -> set[str]:
    """Those with an open invoice or credit memo, in any currency."""
    return {row[0] for row in bulk.tuples(session, _owing(), customers=customer_ids)}


@cache
def _laid() -> Select[Any]:
    laid, paid = bulk.table(PaymentAllocation).c, bulk.table(Payment).c
    return (
        select(laid.payment_id, laid.invoice_number, laid.amount)
        .join_from(bulk.table(PaymentAllocation), bulk.table(Payment), paid.id == laid.payment_id)
        .where(
            paid.customer_id == bindparam("customer"),
            paid.currency == bindparam("currency"),
            paid.received_on <= bindparam("until"),
            _issued_on(laid.invoice_number) <= bindparam("until"),
        )
    )


@cache
def _credited() -> Select[Any]:
    used, memo = bulk.table(CreditApplication).c, bulk.table(Invoice).c
    same = memo.number == used.credit_number
    return (
        select(used.credit_number, used.invoice_number, used.amount)
        .join_from(bulk.table(CreditApplication), bulk.table(Invoice), same)
        .where(
            memo.customer_id == bindparam("customer"),
            memo.currency == bindparam("currency"),
            memo.issue_date <= bindparam("until"),
            _issued_on(used.invoice_number, in_currency=True) <= bindparam("until"),
        )
    )


def _issued_on(number: Any, *, in_currency: bool = False) -> Any:
    """Of the customer's invoice under that number; none of theirs: nothing.

    A value and no join: SQLite would begin with all invoices and try each with every payment.
    """
    invoice = bulk.table(Invoice).alias().c
    own = select(invoice.issue_date).where(
        invoice.number == number, invoice.customer_id == bindparam("customer")
    )
    if in_currency:
        own = own.where(invoice.currency == bindparam("currency"))
    return own.scalar_subquery()


@cache
def _used() -> CompoundSelect[Any]:
    billed, paid = bulk.table(Invoice).c, bulk.table(Payment).c
    return union(
        select(billed.currency).where(billed.customer_id == bindparam("customer")),
        select(paid.currency).where(paid.customer_id == bindparam("customer")),
    )


@cache
def _owing() -> Select[Any]:
    row = bulk.table(Invoice).c
    among = row.customer_id.in_(bindparam("customers", expanding=True))
    return select(row.customer_id).where(OPEN, among).distinct()


# -- invoices and credit memos ------------------------------------------------------------------


@cache
def _issued() -> Select[Any]:
    row = bulk.table(Invoice).c
    columns = (row.number, row.issue_date, row.due_date, row.total, row.allocated, row.po_number)
    more = (row.lifecycle, row.ended_on, row.recorded_at)
    return select(*columns, *more).where(
        row.customer_id == bindparam("customer"), row.currency == bindparam("currency")
    )


def _documents(session: Session, customer_id: str, currency: str) -> list[Entry]:
    found: list[Entry] = []
    for row in bulk.tuples(session, _issued(), customer=customer_id, currency=currency):
        if row.lifecycle != "void" or row.ended_on is not None:
            found += _document(row)
    return found


def _document(row: Any) -> list[Entry]:
    number, day, due, total, allocated, po_number, lifecycle, ended_on, recorded_at = row
    kind: ItemKind = "credit_memo" if total < 0 else "invoice"
    issued = Entry(day, kind, number, total, number, po_number, due, recorded_at)
    if lifecycle == "issued":
        return [issued]
    # Until the day was kept, an invoice that ended counted as if it had ended at once.
    day = max(ended_on or day, day)
    if lifecycle == "void":
        return [issued, replace(issued, day=day, kind="void", amount=-total)]
    return [issued, replace(issued, day=day, kind="write_off", amount=allocated - total)]


# -- payments and money that went back ----------------------------------------------------------


@cache
def _taken() -> Select[Any]:
    row = bulk.table(Payment).c
    columns = (row.id, row.received_on, row.amount, row.reference, row.cheque_number)
    more = (row.recorded_at, row.refunded, row.disputed)
    return select(*columns, *more).where(
        row.customer_id == bindparam("customer"),
        row.currency == bindparam("currency"),
        row.status == "succeeded",
    )


def _money(
    session: Session, customer_id: str, currency: str, business_day: BusinessDay
) -> list[Entry]:
    rows = bulk.tuples(session, _taken(), customer=customer_id, currency=currency)
    if not any(row.refunded or row.disputed for row in rows):
        return [_payment(row) for row in rows]
    back = _given_back(session, customer_id, business_day)
    found: list[Entry] = []
    for row in rows:
        found.append(_payment(row))
        found += _capped(back.get(row.id, []), row)
    return found


def _payment(row: Any) -> Entry:
    number, day, amount, reference, cheque, recorded_at, _, _ = row
    named = reference or cheque
    return Entry(day, "payment", number, -amount, number, named, recorded_at=recorded_at)


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
    own = select_rows(model).join(Payment, col(Payment.id) == model.payment_id)
    return session.exec(own.where(Payment.customer_id == customer_id, *also))


def _capped(back: list[Entry], payment: Any) -> list[Entry]:
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

"""Open invoices that links can be sent for, why others cannot, and which of them are ticked.

A condition given from outside is one on `Invoice` joined with `Customer`, as
`storage.receivables` makes them of a filter.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, literal, or_
from sqlmodel import Session, col, select, true

from storage import bulk
from storage.checkouts import CheckoutAttempt, CheckoutAttemptLine
from storage.customers import Contact, Customer
from storage.disputes import Dispute, DisputeLine
from storage.gateway_states import CLOSED
from storage.invoices import OPEN, Invoice
from storage.payments import PaymentAllocation
from storage.selections import SelectionInvoice

# Why an invoice cannot be ticked; "" when it can.
Why = Literal[
    "", "void", "written_off", "credit", "paid", "links", "address", "disputed", "processing"
]
Condition = ColumnElement[bool]


class Row(NamedTuple):
    """`balance` in minor units of `currency`."""

    number: str
    customer_id: str
    customer_name: str
    due_date: date
    currency: str
    balance: int
    po_number: str
    issue_date: date
    total: int


class Refusal(NamedTuple):
    """`invoices` of a customer cannot be ticked, all for one reason; `number` names the first."""

    customer_id: str
    customer_name: str
    links_disabled_reason: str
    why: Why
    invoices: int
    number: str


class Fallen(NamedTuple):
    """A tick that no longer holds."""

    number: str
    customer_id: str
    customer_name: str
    why: Why


class Counts(NamedTuple):
    """`totals`: minor units by currency, the largest first."""

    invoices: int
    customers: int
    totals: tuple[tuple[str, int], ...]


def page(
    session: Session, conditions: Sequence[Condition], *, limit: int, offset: int
) -> list[Row]:
    """By customer, then oldest due first."""
    found = select(*_COLUMNS).join(Customer).where(*_TICKABLE, *conditions)
    rows = session.execute(found.order_by(*_BY_CUSTOMER).limit(limit).offset(offset)).all()
    return [Row(*row) for row in rows]


def count(session: Session, conditions: Sequence[Condition]) -> int:
    """How many can be ticked."""
    found = select(func.count()).select_from(Invoice).join(Customer)
    return session.exec(found.where(*_TICKABLE, *conditions)).one()


def refused(session: Session, conditions: Sequence[Condition]) -> list[Refusal]:
    """Who cannot be asked, by name, of what is open and meets the conditions."""
    why = _WHY.label("why")
    owner = (Customer.id, Customer.name, Customer.links_disabled_reason)
    columns: list[Any] = [*owner, why, func.count(), func.min(Invoice.number)]
    found = (
        select(*columns)
        .select_from(Invoice)
        .join(Customer)
        .where(OPEN, Invoice.total > 0, *conditions, _WHY != "")
        .group_by(*owner, why)
        .order_by(Customer.name, Customer.id, why)
    )
    return [Refusal(*row) for row in session.execute(found).all()]


def tick_all(session: Session, selection_id: str, conditions: Sequence[Condition]) -> None:
    """Tick everything that meets the conditions and can be, in one statement."""
    missing = ~exists().where(
        col(SelectionInvoice.selection_id) == selection_id,
        col(SelectionInvoice.invoice_number) == Invoice.number,
    )
    columns: list[Any] = [literal(selection_id), Invoice.number]
    found = select(*columns).join(Customer).where(*_TICKABLE, missing, *conditions)
    names = ["selection_id", "invoice_number"]
    session.connection().execute(insert(SelectionInvoice).from_select(names, found))


def tick(session: Session, selection_id: str, numbers: Iterable[str]) -> None:
    """Tick those of `numbers` that can be."""
    for batch in bulk.chunks(sorted(set(numbers))):
        tick_all(session, selection_id, [col(Invoice.number).in_(batch)])


def ticked_among(session: Session, selection_id: str, numbers: Iterable[str]) -> set[str]:
    own = (SelectionInvoice.selection_id == selection_id,)
    found: set[str] = set()
    for batch in bulk.chunks(sorted(set(numbers))):
        number = SelectionInvoice.invoice_number
        found |= set(session.exec(select(number).where(*own, col(number).in_(batch))))
    return found


def fallen(session: Session, selection_id: str) -> list[Fallen]:
    """Ticks of what can no longer be ticked, by customer."""
    columns: list[Any] = [Invoice.number, Customer.id, Customer.name, _WHY]
    found = _ticked(select(*columns), selection_id).where(_WHY != "").order_by(*_BY_CUSTOMER)
    return [Fallen(*row) for row in session.execute(found).all()]


def ticked(session: Session, selection_id: str) -> list[Row]:
    """All that is ticked and still can be, by customer, then oldest due first."""
    found = _ticked(select(*_COLUMNS), selection_id).where(*_TICKABLE).order_by(*_BY_CUSTOMER)
    return [Row(*row) for row in session.execute(found).all()]


def owners(session: Session, selection_id: str) -> list[tuple[str, str]]:
    """Customer and currency of all that is ticked: one mail each."""
    columns: list[Any] = [Invoice.customer_id, Invoice.currency]
    found = _ticked(select(*columns).distinct(), selection_id)
    return [(customer_id, code) for customer_id, code in session.execute(found).all()]


def numbers_of(session: Session, selection_id: str, customer_id: str, currency: str) -> list[str]:
    """What is ticked of that customer in that currency."""
    found = _ticked(select(SelectionInvoice.invoice_number), selection_id)
    whose = (Invoice.customer_id == customer_id, Invoice.currency == currency)
    return list(session.execute(found.where(*whose)).scalars())


def counts(session: Session, selection_id: str) -> Counts:
    """Of all that is ticked and still can be."""
    balance = func.sum(_BALANCE)
    columns: list[Any] = [Invoice.currency, func.count(), balance]
    sums = _ticked(select(*columns), selection_id).where(*_TICKABLE).group_by(Invoice.currency)
    rows = session.execute(sums.order_by(balance.desc(), Invoice.currency)).all()
    owners = _ticked(select(func.count(func.distinct(Customer.id))), selection_id)
    customers = session.execute(owners.where(*_TICKABLE)).scalar_one()
    totals = tuple((currency, int(amount)) for currency, _, amount in rows)
    return Counts(sum(row[1] for row in rows), customers, totals)


def _ticked(found: Any, selection_id: str) -> Any:
    own = and_(
        col(SelectionInvoice.invoice_number) == Invoice.number,
        col(SelectionInvoice.selection_id) == selection_id,
    )
    return found.select_from(SelectionInvoice).join(Invoice, own).join(Customer)


def _is_addressed() -> Condition:
    own = (col(Contact.customer_id) == Customer.id, col(Contact.purpose) == "invoice")
    return exists().where(*own)


def _is_disputed() -> Condition:
    """A payment of it is under an open dispute, whether or not money has moved."""
    is_open = col(Dispute.status).not_in(CLOSED)
    paid = select(PaymentAllocation.invoice_number).join(
        Dispute, and_(col(Dispute.payment_id) == PaymentAllocation.payment_id, is_open)
    )
    taken = select(DisputeLine.invoice_number).join(
        Dispute, and_(col(Dispute.id) == DisputeLine.dispute_id, is_open)
    )
    return or_(col(Invoice.number).in_(paid), col(Invoice.number).in_(taken))


def _is_processing() -> Condition:
    line = CheckoutAttemptLine
    under_way = select(line.invoice_number).join(
        CheckoutAttempt,
        and_(
            col(CheckoutAttempt.id) == line.attempt_id,
            col(CheckoutAttempt.status) == "processing",
        ),
    )
    return col(Invoice.number).in_(under_way)


_BALANCE: Any = col(Invoice.total) - col(Invoice.allocated)
_COLUMNS: list[Any] = [
    Invoice.number,
    Customer.id,
    Customer.name,
    Invoice.due_date,
    Invoice.currency,
    _BALANCE,
    Invoice.po_number,
    Invoice.issue_date,
    Invoice.total,
]
_BY_CUSTOMER: tuple[Any, ...] = (Customer.name, Customer.id, Invoice.due_date, Invoice.number)
_LINKS_ENABLED = col(Customer.payment_links_enabled) == true()
_TICKABLE: tuple[Any, ...] = (
    OPEN,
    col(Invoice.total) > 0,
    _LINKS_ENABLED,
    _is_addressed(),
    ~_is_disputed(),
    ~_is_processing(),
)
_WHY: ColumnElement[str] = case(
    (col(Invoice.lifecycle) == "void", "void"),
    (col(Invoice.lifecycle) == "written_off", "written_off"),
    (col(Invoice.total) < 0, "credit"),
    (col(Invoice.total) == col(Invoice.allocated), "paid"),
    (~_LINKS_ENABLED, "links"),
    (~_is_addressed(), "address"),
    (_is_disputed(), "disputed"),
    (_is_processing(), "processing"),
    else_="",
)

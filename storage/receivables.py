"""What customers owe: who owes how much since when, and the open invoices behind it.

Worst first: whose oldest open invoice has been due longest. A customer has a line for each
currency; credit and disputed money stand beside what is owed and are in none of its classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, false, func
from sqlmodel import Session, col, select

from storage import balances, search_terms
from storage.ages import BUCKETS, Bucket, due_range
from storage.balances import AGES, SUMS
from storage.customers import Customer
from storage.invoices import OPEN, Invoice
from storage.kept_balances import NEVER
from storage.money import Money

_AT_A_TIME = 2000
Order = Literal["due", "customer"]
Worst = Literal["oldest", "overdue", "largest"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; whatever is left empty lets everything pass.

    `text`: the beginnings of words of the customer's name or id, of invoices also of number and
    PO. `minimum`: in its own currency; money in others is then left out. Both due days are
    within. `bucket`: of customers, that something of theirs is in it. `home` lets everything pass:
    the currency that is told before the others.
    """

    text: str = ""
    bucket: Bucket | None = None
    minimum: Money | None = None
    sales_rep: str = ""
    group: str = ""
    due_after: date | None = None
    due_before: date | None = None
    customer_ids: tuple[str, ...] = ()
    currency: str = ""
    home: str = ""


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Sums:
    """Minor units of one currency. What is disputed is in no age; credit lowers nothing here."""

    invoices: int
    ages: dict[Bucket, int]
    memos: int
    unapplied: int
    disputed: int

    @property
    def overdue(self) -> int:
        return sum(self.ages.values()) - self.ages["current"]

    @property
    def owed(self) -> int:
        """Everything open on invoices, disputed or not."""
        return sum(self.ages.values()) + self.disputed

    @property
    def credit(self) -> int:
        """Open credit memos and unapplied credit together."""
        return self.memos + self.unapplied


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """One customer in one currency; `oldest_due` None: there is only credit."""

    customer_id: str
    name: str
    currency: str
    oldest_due: date | None
    sums: Sums


@dataclass(frozen=True, slots=True)
class BalanceTotal:
    currency: str
    customers: int
    sums: Sums


class InvoiceTotal(NamedTuple):
    """What is open in one currency; `amount` in minor units."""

    currency: str
    invoices: int
    customers: int
    amount: int


def customers_with_balance(
    session: Session,
    today: date,
    filters: Filters = NO_FILTERS,
    *,
    limit: int,
    offset: int = 0,
    order: Worst = "oldest",
) -> list[CustomerBalance]:
    """Who owes something, or has credit, worst first; who has only credit comes last."""
    own = _balances(session, today, filters)
    page = (
        own.order_by(*_worst(own.selected_columns, order, filters))
        .limit(limit)
        .offset(offset)
        .cte()
    )
    rows = session.execute(_named(page, order, filters))
    return [_balance(row) for row in rows.mappings()]


def every_balance(
    session: Session, today: date, filters: Filters = NO_FILTERS, *, order: Worst = "oldest"
) -> Iterator[CustomerBalance]:
    """All that `customers_with_balance` would find, a few thousand in memory at a time."""
    asked = _named(_balances(session, today, filters).cte(), order, filters)
    for row in session.execute(asked.execution_options(yield_per=_AT_A_TIME)).mappings():
        yield _balance(row)


def balance_totals(
    session: Session, today: date, filters: Filters = NO_FILTERS
) -> list[BalanceTotal]:
    """Of all that `customers_with_balance` would find, by currency."""
    own = _balances(session, today, filters).subquery()
    sums = [func.sum(own.c[name]).label(name) for name in (*SUMS, "disputed")]
    asked = select(own.c.currency, func.count().label("customers"), *sums)
    rows = session.execute(asked.group_by(own.c.currency).order_by(*_by_currency(own.c, filters)))
    return [
        BalanceTotal(row["currency"], int(row["customers"]), _sums(row)) for row in rows.mappings()
    ]


def _balances(session: Session, today: date, filters: Filters) -> Select[Any]:
    """Each customer and currency that passes, with the columns of `balances.standing`."""
    own = _base(session, today, filters).subquery().c
    owed = sum((own[name] for name in AGES.values()), start=own.disputed)
    conditions: list[Any] = [(owed + own.memos + own.unapplied) > 0]
    conditions += _of_currency(own.currency, filters)
    conditions += [own[AGES[filters.bucket]] > 0] if filters.bucket else []
    conditions += [owed >= filters.minimum.minor] if filters.minimum else []
    if filters.text.strip():
        conditions += search_terms.customer_conditions(own.customer_id, filters.text) or [false()]
    columns: list[Any] = list(own)
    found: Select[Any] = select(*columns).where(*conditions)
    return found.where(*_of_customers(own.customer_id, filters))


def _base(session: Session, today: date, filters: Filters) -> Select[Any]:
    """What is kept is of all due dates."""
    due = _due(filters)
    if not due:
        return balances.standing(session, today)
    return balances.computed(
        today, lambda asked, document: asked.where(*due) if document is Invoice else asked
    )


def _named(own: CTE, order: Worst, filters: Filters) -> Select[Any]:
    columns: list[Any] = [*own.c, Customer.name]
    named: Select[Any] = select(*columns).join(Customer, col(Customer.id) == own.c.customer_id)
    return named.order_by(*_worst(own.c, order, filters))


def _worst(own: Any, order: Worst, filters: Filters) -> list[Any]:
    """Amounts of different currencies do not compare: they are told one after the other."""
    whose = [own.customer_id, own.currency]
    if order == "oldest":
        return [own.oldest_due, *whose]
    late = sum((own[AGES[name]] for name in BUCKETS[2:]), start=own[AGES["1-30"]])
    most = late if order == "overdue" else late + own[AGES["current"]] + own.disputed
    return [*_by_currency(own, filters), most.desc(), *whose]


def _by_currency(own: Any, filters: Filters) -> list[Any]:
    return [own.currency != filters.home, own.currency] if filters.home else [own.currency]


def _balance(row: Any) -> CustomerBalance:
    oldest = None if row["oldest_due"] == NEVER else row["oldest_due"]
    return CustomerBalance(row["customer_id"], row["name"], row["currency"], oldest, _sums(row))


def _sums(row: Any) -> Sums:
    ages = {name: int(row[AGES[name]]) for name in BUCKETS}
    rest = {name: int(row[name]) for name in ("invoices", "memos", "unapplied", "disputed")}
    return Sums(ages=ages, **rest)


def open_invoices(
    session: Session,
    today: date,
    filters: Filters = NO_FILTERS,
    *,
    limit: int,
    offset: int = 0,
    order: Order = "due",
) -> list[tuple[Invoice, Customer]]:
    """Invoices with a balance, no credit memos: oldest due first, or customer by customer."""
    own = select(Invoice.number).where(*_wanted(session, today, filters))
    page = own.order_by(*_ORDERS[order]).limit(limit).offset(offset).subquery()
    found = select(Invoice, Customer).join(Customer).join(page, page.c.number == Invoice.number)
    return list(session.exec(found.order_by(*_ORDERS[order])).all())


def open_invoice_numbers(
    session: Session, today: date, filters: Filters = NO_FILTERS
) -> Iterator[str]:
    """The number of each that `open_invoices` would find, a few thousand in memory at a time."""
    found = select(Invoice.number).where(*_wanted(session, today, filters))
    yield from session.exec(found.order_by(*_ORDERS["due"]).execution_options(yield_per=_AT_A_TIME))


def open_invoice_totals(
    session: Session, today: date, filters: Filters = NO_FILTERS
) -> list[InvoiceTotal]:
    """Of all that `open_invoices` would find, by currency. A customer counts in each."""
    balance: Any = func.sum(Invoice.total - col(Invoice.allocated))
    whose = (col(Invoice.customer_id), col(Invoice.currency))
    columns: list[Any] = [*whose, func.count().label("invoices"), balance.label("amount")]
    each = select(*columns).where(*_wanted(session, today, filters)).group_by(*whose)
    own = each.subquery()
    sums = (own.c.currency, func.sum(own.c.invoices), func.count(), func.sum(own.c.amount))
    rows = session.execute(select(*sums).group_by(own.c.currency).order_by(own.c.currency))
    return [InvoiceTotal(code, int(n), int(who), int(owed)) for code, n, who, owed in rows]


def count_customers(session: Session, today: date, filters: Filters = NO_FILTERS) -> int:
    """How many customers those invoices are of, each counted once whatever the currencies."""
    wanted = _wanted(session, today, filters)
    return session.exec(select(func.count(func.distinct(Invoice.customer_id))).where(*wanted)).one()


_ORDERS: dict[Order, tuple[Any, ...]] = {
    "due": (col(Invoice.due_date), col(Invoice.number)),
    "customer": (col(Invoice.customer_id), col(Invoice.due_date), col(Invoice.number)),
}


def _wanted(session: Session, today: date, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on an open invoice."""
    first, last = due_range(filters.bucket, today) if filters.bucket else (None, None)
    due, balance = col(Invoice.due_date), Invoice.total - col(Invoice.allocated)
    conditions: list[Any] = [OPEN, col(Invoice.total) > 0, *_due(filters)]
    conditions += [due >= first] if first else []
    conditions += [due <= last] if last else []
    conditions += _of_currency(Invoice.currency, filters)
    if filters.minimum:
        conditions.append(balance >= filters.minimum.minor)
    if filters.text.strip():
        conditions += search_terms.invoice_conditions(session, filters.text) or [false()]
    return conditions + _of_customers(Invoice.customer_id, filters)


def _due(filters: Filters) -> list[ColumnElement[bool]]:
    due, days = col(Invoice.due_date), filters
    after = [due >= days.due_after] if days.due_after else []
    return after + ([due <= days.due_before] if days.due_before else [])


def _of_currency(currency: Any, filters: Filters) -> list[ColumnElement[bool]]:
    codes = {filters.currency, filters.minimum.currency if filters.minimum else ""} - {""}
    return [currency == code for code in sorted(codes)]


def _of_customers(customer_id: Any, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on whose it is, all but those of the text."""
    conditions: list[Any] = []
    if filters.customer_ids:
        conditions.append(col(customer_id).in_(filters.customer_ids))
    own = [Customer.sales_rep == filters.sales_rep] if filters.sales_rep else []
    own += [Customer.group == filters.group] if filters.group else []
    if own:
        conditions.append(col(customer_id).in_(select(Customer.id).where(*own)))
    return conditions


def conditions(session: Session, today: date, filters: Filters) -> list[ColumnElement[bool]]:
    """What a query of `Invoice` asks, for whoever adds conditions of their own."""
    return _wanted(session, today, filters)

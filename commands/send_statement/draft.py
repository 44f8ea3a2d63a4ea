"""What the form for a statement shows, read from the ledger as it is now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from commands import freshness, open_items, previews
from commands.access import Actor
from commands.desk import Desk
from commands.errors import NotFound
from commands.rules.periods import Period
from commands.send_statement import service
from commands.send_statement.order import SendStatement
from storage import account_entries, customers
from storage.customers import Contact, Customer
from storage.money import Money
from storage.statements import StatementType


@dataclass(frozen=True, slots=True)
class Asked:
    """Which form is to be shown; what is "" or None is chosen for the person."""

    draft_id: str
    customer_id: str
    typed_in: str = ""
    currency: str = ""
    type: StatementType = "open_items_unpaid"
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One form to be filled in; `no_link_reason` is empty when a link is possible.

    `end` is the last day asked for, `period.end` the last one that has come.
    """

    id: str
    customer: Customer
    currencies: tuple[str, ...]
    currency: str
    type: StatementType
    end: date
    period: Period
    closing: Money
    payable: Money
    open_items: int
    contacts: tuple[Contact, ...]
    no_link_reason: str
    preview_url: str
    mailed_before: datetime | None
    typed_in: str
    imported_at: datetime | None

    @property
    def is_too_late(self) -> bool:
        return self.end > self.period.end


def load(actor: Actor, desk: Desk, *, asked: Asked) -> Draft:
    """Raises `NotFound`."""
    account = desk.gateway.account.state()
    today = desk.policy.today(desk.clock.now())
    with desk.database.reading() as session:
        customer = customers.find(session, asked.customer_id)
        if customer is None:
            raise NotFound("That customer is not known. Please start again with /pay.")
        currencies = _currencies(session, customer)
        currency = asked.currency if asked.currency in currencies else currencies[0]
        end = asked.end or today
        order = _order(asked, currency, min(end, today))
        made = service.made_for(session, desk, order)
        statement = made.statement
        reason = service.why_no_link(customer, statement, account)
        return Draft(
            id=asked.draft_id,
            customer=customer,
            currencies=currencies,
            currency=currency,
            type=asked.type,
            end=end,
            period=Period(statement.period_start, statement.period_end),
            closing=Money(statement.closing_balance, currency),
            payable=Money(statement.payable, currency),
            open_items=len(made.covered),
            contacts=contacts(session, customer.id),
            no_link_reason=reason,
            preview_url=previews.statement_url(desk, actor, order=order, with_link=not reason),
            mailed_before=service.mailed_before(desk, made),
            typed_in=asked.typed_in,
            imported_at=freshness.imported_at(session),
        )


def contacts(session: Session, customer_id: str) -> tuple[Contact, ...]:
    """Where statements go: their own contacts, else those of invoices."""
    own = customers.contacts(session, customer_id, "statement")
    return tuple(own or customers.contacts(session, customer_id, "invoice"))


def _currencies(session: Session, customer: Customer) -> tuple[str, ...]:
    """Those in which something is open before the others that were ever used."""
    is_open = open_items.account(session, customer.id).currencies
    used = [*is_open, *account_entries.currencies(session, customer.id)]
    return tuple(dict.fromkeys(used))


def _order(asked: Asked, currency: str, end: date) -> SendStatement:
    return SendStatement(
        draft_id=asked.draft_id,
        customer_id=asked.customer_id,
        currency=currency,
        type=asked.type,
        period_end=end,
        recipients=(),
        with_link=False,
    )

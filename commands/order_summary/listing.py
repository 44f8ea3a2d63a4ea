"""The rows of the Order Summary: recent orders, or those that a search finds, page by page."""

from dataclasses import dataclass

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.order_summary import issuing, standing
from commands.order_summary.standing import Standing
from commands.orders import issuing as order_issuing
from storage import orders, search_terms
from storage.customers import Customer
from storage.orders import Order

PAGE = 8
_LAST_PAGE = orders.RECENT // PAGE  # who has not found it by then searches
_MOST_TYPED = 200  # characters

Found = list[tuple[Order, Customer]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is shown: `typed` "" for the recent orders; `page` counts from 0."""

    typed: str = ""
    page: int = 0
    typed_in: str = ""  # the channel in which the command was typed


@dataclass(frozen=True, slots=True)
class Row:
    """An order; `why_no_issue` "" when this person can issue its invoice."""

    order: Order
    customer_name: str
    invoices: tuple[Standing, ...]
    why_no_issue: str


@dataclass(frozen=True, slots=True)
class Listing:
    query: Query
    rows: tuple[Row, ...]
    has_more: bool
    may_create: bool


def load(actor: Actor, desk: Desk, query: Query) -> Listing:
    """A constant number of questions to the database, whatever is on the page."""
    require(actor, Permission.SEE_INVOICES)
    page = min(max(query.page, 0), _LAST_PAGE)
    query = Query(query.typed[:_MOST_TYPED].strip(), page, query.typed_in)
    with desk.database.reading() as session:
        found = _found(session, actor, query)
        rows = _rows(session, actor, desk, found[:PAGE])
    has_more = len(found) > PAGE and page < _LAST_PAGE
    return Listing(query, rows, has_more, issuing.may_create(actor, desk))


def meant(desk: Desk, typed: str) -> Found:
    """The order whose number was typed, else at most two whose words begin so."""
    number = typed.strip().lstrip("#")
    with desk.database.reading() as session:
        named = [orders.find(session, spelled) for spelled in {number, number.upper()}]
        for order in named:
            if order is not None:
                return [(order, session.get_one(Customer, order.customer_id))]
        if not search_terms.words(typed):
            return []
        return search_terms.find_orders(session, typed, 2)


def _found(session: Session, actor: Actor, query: Query) -> Found:
    """One more than the page shows, when there are more."""
    start, most = query.page * PAGE, PAGE + 1
    if not query.typed:
        return orders.recent(session, actor.id, limit=most, offset=start)
    if not search_terms.words(query.typed):
        return []
    return search_terms.find_orders(session, query.typed, most, offset=start)


def _rows(session: Session, actor: Actor, desk: Desk, found: Found) -> tuple[Row, ...]:
    owners = {order.number: customer for order, customer in found}
    standings = standing.of_orders(session, owners)
    return tuple(
        _row(actor, desk, order, customer, standings.get(order.number, ()))
        for order, customer in found
    )


def _row(
    actor: Actor, desk: Desk, order: Order, customer: Customer, own: tuple[Standing, ...]
) -> Row:
    why_no_issue = order_issuing.why_not(actor, desk, order, [each.invoice for each in own])
    return Row(order, customer.name, own, why_no_issue)

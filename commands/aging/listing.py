"""The rows of Aging / Statements, page by page, with the totals of all that was found."""

from dataclasses import dataclass, replace
from datetime import datetime

from commands import freshness, previews
from commands.access import Actor, Permission, require
from commands.aging import query as queries
from commands.aging.query import Query
from commands.desk import Desk
from storage import customers, receivables, users
from storage.receivables import BalanceTotal, CustomerBalance

PAGE = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """`totals` are of everything found; `sales_rep` is the name of whose customers are shown."""

    query: Query
    rows: tuple[CustomerBalance, ...]
    totals: tuple[BalanceTotal, ...]
    sales_rep: str
    csv_url: str
    imported_at: datetime | None
    default_currency: str

    @property
    def found(self) -> int:
        return sum(total.customers for total in self.totals)

    @property
    def last_page(self) -> int:
        return last_page(self.totals)


def last_page(totals: tuple[BalanceTotal, ...]) -> int:
    return max(sum(total.customers for total in totals) - 1, 0) // PAGE


def load(actor: Actor, desk: Desk, query: Query) -> Listing:
    """A constant number of questions to the database, whatever is on the page."""
    require(actor, Permission.SEE_INVOICES)
    wanted = queries.filters(query, desk)
    today = desk.policy.today(desk.clock.now())
    with desk.database.reading() as session:
        totals = tuple(receivables.balance_totals(session, today, wanted))
        query = replace(query, page=min(max(query.page, 0), last_page(totals)))
        rows = receivables.customers_with_balance(
            session, today, wanted, limit=PAGE, offset=query.page * PAGE, order=query.worst
        )
        imported_at = freshness.imported_at(session)
        person = users.find(session, query.sales_rep) if query.sales_rep else None
    csv_url = previews.csv_url(desk, actor, table="aging", ref=query.for_a_file())
    name = person.name if person else query.sales_rep
    currency = desk.policy.default_currency
    return Listing(query, tuple(rows), totals, name, csv_url, imported_at, currency)


def sales_reps(actor: Actor, desk: Desk, typed: str, limit: int) -> list[tuple[str, str]]:
    """Ids and names of those who have customers, of whose name some word begins so."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        people = customers.sales_reps(session)
    begun = typed.casefold()
    return [
        (person.id, person.name)
        for person in people
        if any(word.startswith(begun) for word in (person.name.casefold(), *_words(person.name)))
    ][:limit]


def groups(actor: Actor, desk: Desk, typed: str, limit: int) -> list[str]:
    """Those in which the text stands, by name."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        known = customers.groups(session)
    fitting = (name for name in known if len(name) <= queries.LONGEST_GROUP)
    return [name for name in fitting if typed.casefold() in name.casefold()][:limit]


def _words(name: str) -> list[str]:
    return name.casefold().split()

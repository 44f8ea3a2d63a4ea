"""A bulk send against the ledger as it is now: what can go, and what cannot and why.

Every question is asked once for all of its customers and invoices.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from commands.bulk_send.answers import Dropped
from commands.bulk_send.order import BulkMail
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from storage import bulk, checkouts, customers, disputes
from storage.customers import Customer
from storage.invoices import Invoice
from storage.money import Money

_UNKNOWN = "It is not an invoice of this customer in this currency."
_UNDER_WAY = "A bank debit for all of it is under way."
_NAMED = 3
_MOVED = "None of its recipients is on file for the customer any more."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mail that is asked for. `agreed`: minor units by invoice number, of which no more may be
    asked; empty while nothing is agreed on. `new_addresses` need not be on file.
    """

    mail: BulkMail
    agreed: Mapping[str, int] = field(default_factory=dict)
    new_addresses: tuple[str, ...] | None = None  # None: whoever is named is right
    position: int = 0  # among the mails of a send that is stored

    @property
    def key(self) -> str:
        return f"{self.mail.customer_id}:{self.mail.currency}"


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that can go: positive amounts, minor units by invoice number, oldest due first."""

    wanted: Wanted
    customer: Customer
    recipients: tuple[str, ...]
    new_addresses: tuple[str, ...]
    asks: Mapping[str, int]

    @property
    def total(self) -> Money:
        return Money(sum(self.asks.values()), self.wanted.mail.currency)


@dataclass(frozen=True, slots=True)
class Looked:
    """`dropped`: documents and whole mails (`invoice_number` "") that do not go."""

    ready: tuple[Ready, ...]
    dropped: tuple[Dropped, ...]

    @property
    def totals(self) -> dict[str, int]:
        """Minor units by currency."""
        sums: Counter[str] = Counter()
        for each in self.ready:
            sums[each.wanted.mail.currency] += sum(each.asks.values())
        return dict(sorted(sums.items()))

    @property
    def customers(self) -> int:
        return len({each.customer.id for each in self.ready})

    @property
    def invoices(self) -> int:
        return sum(len(each.asks) for each in self.ready)


@dataclass(frozen=True, slots=True)
class _Books:
    """What the ledger says about all of them."""

    account: AccountState
    customers: dict[str, Customer]
    on_file: dict[str, set[str]]
    invoices: dict[str, Invoice]
    pending: dict[str, int]
    disputed: set[str]


def look(session: Session, wanted: Iterable[Wanted], account: AccountState) -> Looked:
    asked = tuple(wanted)
    books = _open_books(session, asked, account)
    ready: list[Ready] = []
    dropped: list[Dropped] = []
    for each in asked:
        found, problems = _one(books, each)
        ready += [found] if found else []
        dropped += problems
    return Looked(tuple(ready), tuple(dropped))


def payable(
    session: Session, rows: Iterable[Invoice], pending: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Minor units that each asks for: its balance less what is under way by bank debit."""
    found = list(rows)
    if pending is None:
        pending = _pending(session, [row.number for row in found])
    return {row.number: row.balance.minor - pending.get(row.number, 0) for row in found}


def _open_books(session: Session, asked: tuple[Wanted, ...], account: AccountState) -> _Books:
    numbers = [number for each in asked for number in each.mail.invoice_numbers]
    ids = {each.mail.customer_id for each in asked}
    found = bulk.by_keys(session, Invoice, Invoice.number, numbers)
    disputed: set[str] = set()
    for some in bulk.chunks(numbers):
        disputed |= disputes.open_invoice_numbers(session, some)
    return _Books(
        account=account,
        customers={row.id: row for row in bulk.by_keys(session, Customer, Customer.id, ids)},
        on_file=customers.addresses_on_file(session, ids),
        invoices={row.number: row for row in found},
        pending=_pending(session, numbers),
        disputed=disputed,
    )


def _pending(session: Session, numbers: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in bulk.chunks(numbers):
        found |= checkouts.pending(session, some)
    return found


def _one(books: _Books, wanted: Wanted) -> tuple[Ready | None, list[Dropped]]:
    mail, customer = wanted.mail, books.customers.get(wanted.mail.customer_id)
    if customer is None:
        return None, [_dropped(wanted, mail.customer_id, "", "Nobody knows this customer.")]
    whole = payment_link.why_no_new_link(customer, books.account)
    if whole:
        return None, [_dropped(wanted, customer.name, "", whole)]
    asks, dropped = _sorted_out(books, wanted, customer)
    if not asks:
        return None, [*dropped, _dropped(wanted, customer.name, "", _nothing_left(dropped))]
    to, new, gone = _recipients(wanted, books.on_file.get(customer.id, set()))
    if not to:
        return None, [*dropped, _dropped(wanted, customer.name, "", _MOVED)]
    dropped += [_dropped(wanted, customer.name, "", why) for why in gone]
    return Ready(wanted, customer, to, new, asks), dropped


def _dropped(wanted: Wanted, name: str, number: str, why: str) -> Dropped:
    return Dropped(wanted.mail.customer_id, name, number, why, wanted.mail.currency)


def _nothing_left(dropped: list[Dropped]) -> str:
    """The reason for the whole mail: those of its first invoices."""
    named = [f"{each.invoice_number}: {each.reason}" for each in dropped[:_NAMED]]
    more = f" And {len(dropped) - _NAMED} more." if len(dropped) > _NAMED else ""
    return f"Nothing of it is left to ask for. {' '.join(named)}{more}"


def _sorted_out(
    books: _Books, wanted: Wanted, customer: Customer
) -> tuple[dict[str, int], list[Dropped]]:
    asks: list[tuple[Invoice, int]] = []
    dropped: list[Dropped] = []
    for number in dict.fromkeys(wanted.mail.invoice_numbers):
        invoice = books.invoices.get(number)
        why = _why_not(books, wanted, customer, invoice)
        if why or invoice is None:
            dropped.append(_dropped(wanted, customer.name, number, why))
        else:
            asks.append((invoice, _open(books, invoice)))
    asks.sort(key=lambda pair: (pair[0].due_date, pair[0].number))
    return {invoice.number: minor for invoice, minor in asks}, dropped


def _why_not(books: _Books, wanted: Wanted, customer: Customer, invoice: Invoice | None) -> str:
    if invoice is None or (invoice.customer_id, invoice.currency) != (
        customer.id,
        wanted.mail.currency,
    ):
        return _UNKNOWN
    disputed = invoice.number in books.disputed
    why = payment_link.why_no_link(customer, invoice, books.account, disputed=disputed)
    if why:
        return why
    asks = _open(books, invoice)
    if asks <= 0:
        return _UNDER_WAY
    agreed = wanted.agreed.get(invoice.number, asks)
    if asks > agreed:
        return grown(invoice, asks, agreed)
    return ""


def grown(invoice: Invoice, asks: int, agreed: int) -> str:
    """Why an invoice that asks for more than was agreed on is not sent."""
    now, then = Money(asks, invoice.currency), Money(agreed, invoice.currency)
    return f"It asks for {now} now, and {then} was agreed on: it has to be asked for again."


def _open(books: _Books, invoice: Invoice) -> int:
    return invoice.balance.minor - books.pending.get(invoice.number, 0)


def _recipients(
    wanted: Wanted, on_file: set[str]
) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Whom to write to, who of them is not on file, and who is not written to any more."""
    named = wanted.mail.recipients
    if wanted.new_addresses is None:
        return named, tuple(a for a in named if a.lower() not in on_file), []
    typed = {address.lower() for address in wanted.new_addresses}
    to = tuple(a for a in named if a.lower() in on_file | typed)
    gone = [f"{a} is not on file any more: not written to." for a in named if a not in to]
    return to, wanted.new_addresses, gone

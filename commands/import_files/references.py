"""What rows refer to, looked up once for all of them: customers, invoices, people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlmodel import Session

from commands.import_files.report import Place, RowRefused
from commands.import_files.staging import Staged
from storage import bulk, users
from storage.customers import Customer
from storage.invoices import Invoice


class CustomerFacts(NamedTuple):
    currency: str
    terms_days: int


class InvoiceFacts(NamedTuple):
    customer_id: str
    currency: str
    is_credit_memo: bool


@dataclass
class References:
    default_currency: str
    customers: dict[str, CustomerFacts] = field(default_factory=dict)
    invoices: dict[str, InvoiceFacts] = field(default_factory=dict)
    people: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def load(self, session: Session, staged: Staged) -> None:
        """Read what is stored about everything that the staged rows name."""
        self._load_customers(session, _customers_named(staged))
        self._load_invoices(session, _invoices_named(staged))
        known = [(person.id, person.email) for person in users.everyone(session)]
        coming = [(row.slack_user_id, row.email) for row in staged.users.good.values()]
        for user_id, email in known + coming:
            self.people[user_id].add(user_id)
            self.people[email.lower()].add(user_id)

    def person(self, place: Place, column: str, text: str) -> str:
        """The Slack id of whoever is named by id or e-mail."""
        found = self.people.get(text) or self.people.get(text.lower()) or set()
        if len(found) == 1:
            return next(iter(found))
        problem = "is shared by several people" if found else "is not known"
        raise RowRefused(place, column, f"{text} {problem}: give the Slack id of a known person")

    def customer(self, place: Place, customer_id: str) -> CustomerFacts:
        facts = self.customers.get(customer_id)
        if facts is None:
            mend = "import the customer first or in the same call"
            raise RowRefused(place, "customer_id", f"customer {customer_id} is not known: {mend}")
        return facts

    def invoice(self, place: Place, column: str, number: str) -> InvoiceFacts:
        facts = self.invoices.get(number)
        if facts is None:
            mend = "import the invoice first or in the same call"
            raise RowRefused(place, column, f"invoice {number} is not known: {mend}")
        return facts

    def _load_customers(self, session: Session, ids: Iterable[str]) -> None:
        columns = (Customer.id, Customer.currency, Customer.terms_days)
        for customer_id, *facts in bulk.columns_by_keys(session, columns, Customer.id, ids):
            self.customers[customer_id] = CustomerFacts(*facts)

    def _load_invoices(self, session: Session, numbers: Iterable[str]) -> None:
        columns = (Invoice.number, Invoice.customer_id, Invoice.currency, Invoice.total)
        for row in bulk.columns_by_keys(session, columns, Invoice.number, numbers):
            number, customer_id, currency, total = row
            self.invoices[number] = InvoiceFacts(customer_id, currency, total < 0)


def _customers_named(staged: Staged) -> Iterable[str]:
    yield from staged.customers.good
    yield from (row.customer_id for row in staged.orders.good.values())
    yield from (draft.row.customer_id for draft in staged.invoices.good.values())
    yield from (row.customer_id for rows in staged.payments.good.values() for row in rows)


def _invoices_named(staged: Staged) -> Iterable[str]:
    for number, draft in staged.invoices.good.items():
        yield number
        if draft.row.applies_to:
            yield draft.row.applies_to
    for rows in staged.payments.good.values():
        yield from (row.invoice_number for row in rows if row.invoice_number)

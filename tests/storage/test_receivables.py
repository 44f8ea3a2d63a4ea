"""What customers owe, against a computation that knows nothing of SQL."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from sqlmodel import Session

from storage import bulk, receivables
from storage.ages import BUCKETS, bucket
from storage.customers import Customer
from storage.database import Database
from storage.disputes import Dispute, DisputeLine
from storage.invoices import Invoice
from storage.money import Money
from storage.payments import Payment
from storage.receivables import CustomerBalance, Filters, Sums
from storage.search_terms import customer_terms, document_terms
from tests.builders import MARA, NOW, SALLY, a_customer, add_terms, an_invoice

TODAY = date(2026, 3, 10)
ALL = 10_000


def add_payment(session: Session, payment_id: str, *, amount: int, **own: Any) -> Payment:
    row = a_payment(payment_id, amount, **own)
    session.add(row)
    session.flush()
    return row


def a_payment(payment_id: str, amount: int, **own: Any) -> Payment:
    facts: dict[str, Any] = {
        "id": payment_id,
        "customer_id": "C1",
        "currency": "USD",
        "amount": amount,
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": date(2026, 3, 1),
        "recorded_at": NOW,
    }
    return Payment(**(facts | own))


def add_dispute(session: Session, payment: Payment, parts: dict[str, int], status: str) -> None:
    session.add(a_dispute(payment, sum(parts.values()), status))
    session.flush()
    session.add_all(
        DisputeLine(dispute_id=f"dp_{payment.id}", invoice_number=number, amount=amount)
        for number, amount in parts.items()
    )


def a_dispute(payment: Payment, amount: int, status: str) -> Dispute:
    return Dispute(
        id=f"dp_{payment.id}",
        payment_id=payment.id,
        currency=payment.currency,
        amount=amount,
        status=status,  # type: ignore[arg-type]  # one of the statuses
        opened_at=NOW,
        changed_at=NOW,
    )


class Books:
    """Random documents of thirty customers, kept in lists and written to any database."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 -- test data
        self.customers = [self._customer(n) for n in range(30)]
        self.invoices = [self._invoice(n) for n in range(150)]
        self.disputes: list[Dispute] = []
        self.dispute_lines: list[DisputeLine] = []
        self.disputed: dict[str, int] = defaultdict(int)
        self.payments = [self._payment(n) for n in range(30)]

    def write(self, session: Session) -> None:
        """Table by table: the rows of one are a single statement."""
        bulk.insert(session, Customer, [row.model_dump() for row in self.customers])
        bulk.insert(session, Invoice, [row.model_dump() for row in self.invoices])
        bulk.insert(session, Payment, [row.model_dump() for row in self.payments])
        bulk.insert(session, Dispute, [row.model_dump() for row in self.disputes])
        bulk.insert(session, DisputeLine, [row.model_dump() for row in self.dispute_lines])
        names = {row.id: customer_terms(row.id, row.name) for row in self.customers}
        add_terms(session, "customer", names)
        numbers = {row.number: document_terms(row.number, row.po_number) for row in self.invoices}
        add_terms(session, "invoice", numbers)

    def _customer(self, n: int) -> Customer:
        own: dict[str, Any] = {"sales_rep": self.dice.choice([None, SALLY.id, MARA.id])}
        own |= {"group": self.dice.choice(["", "North", "South"]), "name": f"Florist {n % 7}"}
        return a_customer(f"C{n:02}", **own)

    def _invoice(self, n: int) -> Invoice:
        pick = self.dice
        total = pick.choice([1, -1, 1, 1, 1]) * pick.randrange(1, 90_000)
        lifecycle = pick.choice(["issued"] * 8 + ["void", "written_off"])
        part = 0 if lifecycle == "void" else pick.choice([0, 0, total, total // 2])
        return an_invoice(
            f"INV-{n}",
            total=total,
            allocated=part,
            lifecycle=lifecycle,
            customer_id=f"C{pick.randrange(28):02}",
            due_date=TODAY - timedelta(days=pick.choice([-30, -1, 0, 1, 30, 31, 60, 61, 90, 91])),
            currency=pick.choice(["USD", "USD", "EUR"]),
        )

    def _payment(self, n: int) -> Payment:
        pick = self.dice
        status = pick.choice(["succeeded", "succeeded", "processing", "failed"])
        part = pick.choice([0, 4000, 5000]) if status == "succeeded" else 0
        own = {"customer_id": pick.choice([None, f"C{pick.randrange(30):02}"]), "status": status}
        row = a_payment(f"pay_{n}", 5000, allocated=part, **own)
        target = pick.choice([i for i in self.invoices if i.total > 0])
        dispute_status = pick.choice(["needs_response", "lost", "won"])
        if pick.random() < 0.4:
            self._dispute(row, target.number, dispute_status)
        return row

    def _dispute(self, payment: Payment, number: str, status: str) -> None:
        own = a_dispute(payment, 3000, status)
        self.disputes.append(own)
        self.dispute_lines.append(
            DisputeLine(dispute_id=own.id, invoice_number=number, amount=own.amount)
        )
        self.disputed[number] += own.amount if status == "needs_response" else 0

    def naive(self, today: date) -> dict[tuple[str, str], CustomerBalance]:
        found: dict[tuple[str, str], CustomerBalance] = {}
        names = {row.id: row.name for row in self.customers}
        for row in self.invoices:
            if row.lifecycle == "issued" and row.balance:
                self._add(found, names, row, today)
        for money in self.payments:
            if money.customer_id and money.unapplied:
                key = (money.customer_id, money.currency)
                own = found.setdefault(key, nothing(*key, names[key[0]]))
                found[key] = changed(own, unapplied=money.unapplied)
        return found

    def _add(self, found: Any, names: Any, row: Invoice, today: date) -> None:
        key = (row.customer_id, row.currency)
        own = found.setdefault(key, nothing(*key, names[key[0]]))
        if row.total < 0:
            found[key] = changed(own, memos=-row.balance.minor)
            return
        held = min(self.disputed[row.number], row.balance.minor)
        found[key] = changed(own, invoices=1, disputed=held)
        found[key].sums.ages[bucket(row.due_date, today)] += row.balance.minor - held
        oldest = min(own.oldest_due or row.due_date, row.due_date)
        found[key] = CustomerBalance(key[0], own.name, key[1], oldest, found[key].sums)


def nothing(customer_id: str, currency: str, name: str) -> CustomerBalance:
    ages = dict.fromkeys(BUCKETS, 0)
    return CustomerBalance(customer_id, name, currency, None, Sums(0, ages, 0, 0, 0))


def changed(own: CustomerBalance, **more: int) -> CustomerBalance:
    old = own.sums
    added = {
        name: getattr(old, name) + more.get(name, 0)
        for name in ("invoices", "memos", "unapplied", "disputed")
    }
    sums = Sums(ages=old.ages, **added)
    return CustomerBalance(own.customer_id, own.name, own.currency, own.oldest_due, sums)


@cache
def books_of(seed: int) -> Books:
    """Made once: every test writes the same rows to a database of its own."""
    return Books(seed)


@pytest.fixture
def books(database: Database, request: pytest.FixtureRequest) -> Books:
    made = books_of(getattr(request, "param", 1))
    with database.writing() as session:
        made.write(session)
    return made


def listed(database: Database, filters: Filters, today: date = TODAY) -> list[CustomerBalance]:
    with database.reading() as session:
        return receivables.customers_with_balance(session, today, filters, limit=ALL)


@pytest.mark.parametrize("books", [1, 2, 3], indirect=True)
@pytest.mark.parametrize("today", [TODAY, date(2026, 2, 28), date(2026, 6, 1)])
def test_every_balance_is_what_the_documents_say(
    database: Database, books: Books, today: date
) -> None:
    found = listed(database, Filters(), today)
    assert {(row.customer_id, row.currency): row for row in found} == books.naive(today)


def test_who_owes_longest_comes_first_and_mere_credit_last(
    database: Database, books: Books
) -> None:
    found = listed(database, Filters())
    days = [row.oldest_due or date.max for row in found]
    assert days == sorted(days)
    assert found[-1].oldest_due is None


@pytest.mark.parametrize("order", ["overdue", "largest"])
def test_the_largest_amount_comes_first_within_its_currency(
    database: Database, books: Books, order: receivables.Worst
) -> None:
    with database.reading() as session:
        found = receivables.customers_with_balance(session, TODAY, limit=ALL, order=order)
    amount = "overdue" if order == "overdue" else "owed"
    keys = [(row.currency, -getattr(row.sums, amount)) for row in found]
    assert keys == sorted(keys)


def test_the_companys_own_currency_comes_before_the_others(
    database: Database, books: Books
) -> None:
    home = Filters(home="USD")
    with database.reading() as session:
        totals = [row.currency for row in receivables.balance_totals(session, TODAY, home)]
        rows = receivables.customers_with_balance(session, TODAY, home, limit=ALL, order="largest")
    codes = sorted({row.currency for row in rows}, key=lambda code: (code != "USD", code))
    assert codes[0] == "USD"
    assert len(codes) > 1
    assert totals == codes
    assert list(dict.fromkeys(row.currency for row in rows)) == codes


CHOICES: dict[str, tuple[Filters, Any]] = {
    "over 90": (Filters(bucket="over_90"), lambda row, _: row.sums.ages["over_90"] > 0),
    "current": (Filters(bucket="current"), lambda row, _: row.sums.ages["current"] > 0),
    "minimum": (
        Filters(minimum=Money(60_000, "USD")),
        lambda row, _: row.currency == "USD" and row.sums.owed >= 60_000,
    ),
    "currency": (Filters(currency="EUR"), lambda row, _: row.currency == "EUR"),
    "representative": (Filters(sales_rep=SALLY.id), lambda _, who: who.sales_rep == SALLY.id),
    "group": (Filters(group="North"), lambda _, who: who.group == "North"),
    "name": (Filters(text="flor 3"), lambda row, _: row.name == "Florist 3"),
    "customers": (
        Filters(customer_ids=("C01", "C02")),
        lambda row, _: row.customer_id in "C01 C02",
    ),
    "several": (
        Filters(text="florist", group="South", bucket="1-30", currency="USD"),
        lambda row, who: who.group == "South" and row.sums.ages["1-30"] and row.currency == "USD",
    ),
    "nothing meant": (Filters(text="???"), lambda *_: False),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_filter_lets_exactly_those_pass_and_totals_are_theirs(
    database: Database, books: Books, choice: str
) -> None:
    filters, passes = CHOICES[choice]
    owners = {row.id: row for row in books.customers}
    wanted = [row for row in books.naive(TODAY).values() if passes(row, owners[row.customer_id])]
    key = lambda row: (row.customer_id, row.currency)  # noqa: E731 -- short
    assert sorted(listed(database, filters), key=key) == sorted(wanted, key=key)
    with database.reading() as session:
        totals = receivables.balance_totals(session, TODAY, filters)
    assert {row.currency: (row.customers, row.sums) for row in totals} == summed(wanted)


def summed(rows: list[CustomerBalance]) -> dict[str, tuple[int, Sums]]:
    found: dict[str, tuple[int, Sums]] = {}
    for row in rows:
        n, own = found.get(row.currency, (0, Sums(0, dict.fromkeys(BUCKETS, 0), 0, 0, 0)))
        ages = {name: own.ages[name] + row.sums.ages[name] for name in BUCKETS}
        rest = {
            name: getattr(own, name) + getattr(row.sums, name)
            for name in ("invoices", "memos", "unapplied", "disputed")
        }
        found[row.currency] = (n + 1, Sums(ages=ages, **rest))
    return found


def test_pages_follow_each_other_without_a_gap_and_the_stream_is_all_of_them(
    database: Database, books: Books
) -> None:
    whole = listed(database, Filters())
    with database.reading() as session:
        pages = [
            row
            for start in range(0, len(whole), 7)
            for row in receivables.customers_with_balance(session, TODAY, limit=7, offset=start)
        ]
        streamed = list(receivables.every_balance(session, TODAY))
    assert pages == whole
    assert streamed == whole


OPEN: dict[str, tuple[Filters, Any]] = {
    "all": (Filters(), lambda *_: True),
    "61 to 90": (Filters(bucket="61-90"), lambda row, _: 61 <= (TODAY - row.due_date).days <= 90),
    "minimum": (
        Filters(minimum=Money(20_000, "EUR")),
        lambda row, _: row.currency == "EUR" and row.balance.minor >= 20_000,
    ),
    "due": (
        Filters(due_after=date(2026, 2, 8), due_before=date(2026, 3, 10)),
        lambda row, _: date(2026, 2, 8) <= row.due_date <= date(2026, 3, 10),
    ),
    "number": (Filters(text="inv-11"), lambda row, _: row.number.startswith("INV-11")),
    "name": (Filters(text="florist c05"), lambda row, _: row.customer_id == "C05"),
    "representative": (Filters(sales_rep=MARA.id), lambda _, who: who.sales_rep == MARA.id),
    "customers": (Filters(customer_ids=("C03",)), lambda row, _: row.customer_id == "C03"),
}


@pytest.mark.parametrize("choice", OPEN)
def test_open_invoices_are_found_counted_and_summed(
    database: Database, books: Books, choice: str
) -> None:
    filters, passes = OPEN[choice]
    owners = {row.id: row for row in books.customers}
    wanted = [
        row
        for row in books.invoices
        if row.balance.minor > 0 and passes(row, owners[row.customer_id])
    ]
    with database.reading() as session:
        found = receivables.open_invoices(session, TODAY, filters, limit=ALL)
        numbers = list(receivables.open_invoice_numbers(session, TODAY, filters))
        totals = receivables.open_invoice_totals(session, TODAY, filters)
        customers = receivables.count_customers(session, TODAY, filters)
    assert wanted
    assert numbers == [row.number for row, _ in found]
    assert sorted(numbers) == sorted(row.number for row in wanted)
    assert customers == len({row.customer_id for row in wanted})
    for total in totals:
        own = [row for row in wanted if row.currency == total.currency]
        assert total.invoices == len(own)
        assert total.customers == len({row.customer_id for row in own})
        assert total.amount == sum(row.balance.minor for row in own)


def test_open_invoices_can_be_had_customer_by_customer(database: Database, books: Books) -> None:
    with database.reading() as session:
        found = receivables.open_invoices(session, TODAY, limit=ALL, order="customer")
    keys = [(row.customer_id, row.due_date, row.number) for row, _ in found]
    assert keys == sorted(keys)
    assert all(row.customer_id == customer.id for row, customer in found)

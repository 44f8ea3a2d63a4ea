"""What customers owe, against a computation that knows nothing of SQL."""

from datetime import date
from typing import Any

import pytest

from storage import receivables
from storage.ages import BUCKETS
from storage.database import Database
from storage.money import Money
from storage.receivables import CustomerBalance, Filters, Sums
from tests.builders import MARA, SALLY
from tests.storage.books import TODAY, Books, books_of

ALL = 10_000


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

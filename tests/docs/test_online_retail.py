"""Real invoices, through the script that maps them, into the ledger."""

import csv
import runpy
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from commands.export_ledger.service import ledger
from commands.rules.periods import Period
from commands.send_statement import making
from commands.send_statement.making import Account
from tests.conftest import Room
from tests.importing import Inbox, counts

SAMPLE = Path(__file__).with_name("online-retail-excerpt.csv")
SCRIPT = Path(__file__).parents[2] / "docs" / "online_retail.py"


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three files, written by running the script as a person would."""
    folder = tmp_path / "mapped"
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(SAMPLE), str(folder)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    return folder


@pytest.fixture
def retail(room: Room, mapped: Path) -> Inbox:
    return Inbox(room.desk, mapped)


def bring(retail: Inbox) -> dict[str, tuple[int, int, int]]:
    names = ("customers", "invoices", "invoice_lines")
    report = retail.bring(**{name: (retail.folder / f"{name}.csv").read_bytes() for name in names})  # type: ignore[arg-type]  # only names of files
    assert report.refused == []
    return counts(report)


def sums_of_the_source() -> dict[str, Decimal]:
    """Each invoice's sum as the source's own rows have it, those of zero left out."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sums[row["InvoiceNo"]] += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    return {number: total for number, total in sums.items() if total}


def test_every_invoice_arrives_with_the_total_of_its_source(retail: Inbox) -> None:
    bring(retail)
    found = {row["number"]: row["total"] for row in ledger(retail.database)["invoices"]}
    assert found == {number: int(total * 100) for number, total in sums_of_the_source().items()}


def test_cancellations_are_credit_memos_that_lower_the_open_balance(retail: Inbox) -> None:
    bring(retail)
    rows = ledger(retail.database)["invoices"]
    below_zero = {row["number"] for row in rows if row["total"] < 0}
    assert below_zero == {row["number"] for row in rows if row["number"].startswith("C")}
    assert sum(row["balance"] for row in rows) == sum(sums_of_the_source().values()) * 100


def test_sales_without_a_customer_are_cash_and_never_carry_a_link(retail: Inbox) -> None:
    bring(retail)
    customers = {row["id"]: row for row in ledger(retail.database)["customers"]}
    assert customers["CASH"]["payment_links_enabled"] is False
    assert all(row["payment_links_enabled"] for key, row in customers.items() if key != "CASH")


def test_importing_the_same_data_again_changes_nothing(retail: Inbox) -> None:
    first, again = bring(retail), bring(retail)
    assert again == {kind: (0, 0, created) for kind, (created, _, _) in first.items()}


def owed_by_the_source(end: date) -> dict[str, int]:
    """What each customer owes at the end of that day, in pence, added up from the rows."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if date.fromisoformat(row["InvoiceDate"][:10]) <= end:
                customer = row["CustomerID"].removesuffix(".0") or "CASH"
                sums[customer] += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    return {customer: int(total * 100) for customer, total in sums.items()}


def test_statements_close_with_what_the_source_adds_up_to(retail: Inbox) -> None:
    bring(retail)
    for end in (date(2010, 12, 31), date(2011, 6, 30), date(2011, 12, 31)):
        source, closing = owed_by_the_source(end), closings(retail, end)
        assert closing == {customer: source.get(customer, 0) for customer in closing}


def closings(retail: Inbox, end: date) -> dict[str, int]:
    """The closing balance of each customer's statement, which its items add up to."""
    period, closing = Period(end.replace(day=1), end), dict[str, int]()
    with retail.database.reading() as session:
        for row in ledger(retail.database)["customers"]:
            account = Account(row["id"], "GBP")
            made = making.make(session, retail.desk, account, "open_items_all", period)
            opening, items = made.statement.opening_balance, made.items
            closing[row["id"]] = made.statement.closing_balance
            assert closing[row["id"]] == sum(item.open_amount for item in items)
            moved = sum(item.amount for item in items if item.section == "transaction")
            assert opening + moved == closing[row["id"]]
    return closing

"""Turn the data set "Online Retail" (UCI, CC BY 4.0) into the CSV files that `import` reads.

    python docs/online_retail.py online-retail-sample.csv FOLDER
    python -m bot import FOLDER/customers.csv FOLDER/invoices.csv FOLDER/invoice_lines.csv

The totals are left to the product: line amounts are rounded there. Invoices that add up to zero
are left out; one that is a cancellation (C...) is below zero and so becomes a credit memo.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]
CASH = "CASH"
CUSTOMER = (
    "customer_id",
    "name",
    "invoice_emails",
    "currency",
    "terms_days",
    "payment_links_enabled",
)
INVOICE = ("invoice_number", "customer_id", "issue_date", "currency")
LINE = ("invoice_number", "line", "description", "quantity", "unit_price")


def convert(sample: Path, folder: Path) -> None:
    """Write customers.csv, invoices.csv and invoice_lines.csv into `folder`."""
    invoices: defaultdict[str, list[Row]] = defaultdict(list)
    with sample.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            invoices[row["InvoiceNo"]].append(row)
    kept = {number: rows for number, rows in invoices.items() if _total(rows)}
    customers = {customer_of(row): row for rows in invoices.values() for row in rows}
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "customers.csv", CUSTOMER, (_customer(*item) for item in customers.items()))
    _write(folder / "invoices.csv", INVOICE, (_invoice(*item) for item in kept.items()))
    lines = (line for number, rows in kept.items() for line in _lines(number, rows))
    _write(folder / "invoice_lines.csv", LINE, lines)


def customer_of(row: Row) -> str:
    return row["CustomerID"].removesuffix(".0") or CASH


def _total(rows: list[Row]) -> Decimal:
    return sum((Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows), Decimal(0))


def _customer(customer_id: str, row: Row) -> Row:
    cash = customer_id == CASH
    return {
        "customer_id": customer_id,
        "name": "Cash customers" if cash else f"Customer {customer_id} ({row['Country']})",
        "invoice_emails": "" if cash else f"ap-{customer_id}@retail.test",
        "currency": "GBP",
        "terms_days": "30",
        "payment_links_enabled": "false" if cash else "true",
    }


def _invoice(number: str, rows: list[Row]) -> Row:
    return {
        "invoice_number": number,
        "customer_id": customer_of(rows[0]),
        "issue_date": rows[0]["InvoiceDate"].partition(" ")[0],
        "currency": "GBP",
    }


def _lines(number: str, rows: list[Row]) -> Iterable[Row]:
    for line, row in enumerate(rows, start=1):
        yield {
            "invoice_number": number,
            "line": str(line),
            "description": row["Description"],
            "quantity": row["Quantity"],
            "unit_price": row["UnitPrice"],
        }


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:  # noqa: PLR2004 -- the script, the sample, the folder
        sys.exit("usage: python docs/online_retail.py SAMPLE.csv FOLDER")
    convert(Path(sys.argv[1]), Path(sys.argv[2]))

"""CSV files as tests write them, and the import of all of them in one call."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from commands.access import IMPORTER
from commands.desk import Desk
from commands.import_files.report import ImportReport
from commands.import_files.service import import_files
from storage import invoices, payments
from storage.database import Database
from storage.invoices import Invoice
from storage.payments import Payment

CUSTOMERS = "customer_id,name\nC1,Blue Iris Florist\nC2,Red Poppy\n"
ONE_LINE = "invoice_number,line,description,quantity,unit_price\nINV-1,1,Roses,10,12.50\n"
INVOICE = "invoice_number,customer_id,issue_date\nINV-1,C1,2026-02-10\n"


def silent(_: str) -> None:
    """Nobody watches the progress of a test."""


@dataclass
class Inbox:
    """A folder of files for one desk."""

    desk: Desk
    folder: Path

    @property
    def database(self) -> Database:
        return self.desk.database

    def bring(
        self,
        *,
        accept_good: bool = False,
        progress: Callable[[str], None] = silent,
        **files: str | bytes,
    ) -> ImportReport:
        """Write each keyword's text as NAME.csv and import them together, in that order."""
        paths = [self.write(name, text) for name, text in files.items()]
        return import_files(
            IMPORTER, self.desk, paths=paths, accept_good=accept_good, progress=progress
        )

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / f"{name}.csv"
        if isinstance(content, str):
            content = dedent(content).lstrip("\n").encode()
        path.write_bytes(content)
        return path

    def start(self) -> None:
        """Customers C1 and C2, and INV-1 of C1 over USD 125.00."""
        report = self.bring(customers=CUSTOMERS, invoices=INVOICE, lines=ONE_LINE)
        assert not report.refused

    def invoice(self, number: str) -> Invoice:
        with self.database.reading() as session:
            found = invoices.find(session, number)
            assert found is not None
            return found

    def payment(self, payment_id: str) -> Payment:
        with self.database.reading() as session:
            found = payments.find(session, payment_id)
            assert found is not None
            return found


def refusals(report: ImportReport) -> list[tuple[int, str, str]]:
    """Line, column and reason of each."""
    return [(one.line, one.column, one.reason) for one in report.refused]


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """Created, updated and unchanged by kind."""
    return {kind: (one.created, one.updated, one.unchanged) for kind, one in report.counts.items()}

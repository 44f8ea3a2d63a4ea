"""The rows of every file, set aside by what they are about, before the database is touched."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from commands.import_files.kinds import parse
from commands.import_files.progress import Ticker
from commands.import_files.reader import Sheet
from commands.import_files.report import ImportReport, KindName, Place, RowRefused
from commands.import_files.rows import (
    CustomerRow,
    InvoiceRow,
    LineRow,
    OrderRow,
    PaymentRow,
    Row,
    UserRow,
    payment_key,
)

Keyed = TypeVar("Keyed")


class Rows(Generic[Keyed]):
    """Rows of one kind by key. A key that stands twice, or on a refused row, is spoilt."""

    def __init__(self) -> None:
        self.good: dict[str, Keyed] = {}
        self.spoilt: set[str] = set()
        self.places: dict[str, Place] = {}  # where each key was met first

    def drop(self, key: str) -> None:
        self.good.pop(key, None)
        self.spoilt.add(key)


@dataclass(slots=True)
class Draft:
    """An invoice as the files tell it."""

    row: InvoiceRow
    lines: list[LineRow]


@dataclass
class Staged:
    report: ImportReport
    ticker: Ticker
    users: Rows[UserRow] = field(default_factory=Rows)
    customers: Rows[CustomerRow] = field(default_factory=Rows)
    orders: Rows[OrderRow] = field(default_factory=Rows)
    invoices: Rows[Draft] = field(default_factory=Rows)
    payments: Rows[list[PaymentRow]] = field(default_factory=Rows)
    _lines: defaultdict[str, dict[int, LineRow]] = field(default_factory=lambda: defaultdict(dict))

    # The first refused line that does not tell which invoice it belongs to.
    _lost_line: Place | None = None

    def take_file(self, path: Path) -> None:
        """A file that cannot be read to its end gives no rows at all."""
        try:
            kind, rows = self._read(path)
        except RowRefused as error:
            self.report.refuse(error)
            return
        self.report.count(kind, "created", 0)  # even an empty file is reported
        for row in rows:
            self._take(row)

    def close(self) -> None:
        """Bring lines and invoices together once every file is read."""
        for number, lines in self._lines.items():
            draft = self.invoices.good.get(number)
            if draft is not None:
                draft.lines = [lines[line] for line in sorted(lines)]
            elif number not in self.invoices.spoilt:
                self._refuse_orphans(number, lines)
        self._lines.clear()
        if self._lost_line is not None:
            self._refuse_doubtful(self._lost_line)

    def refuse(self, error: RowRefused) -> None:
        self.report.refuse(error)

    def _read(self, path: Path) -> tuple[KindName, list[Row]]:
        sheet, rows = Sheet(path), list[Row]()
        for done, (place, cells) in enumerate(sheet.rows(), start=1):
            row = self._parsed(sheet, place, cells)
            if row is not None:
                rows.append(row)
            self.ticker.at(f"{sheet.file}, rows read", done)
        return sheet.kind.name, rows

    def _parsed(self, sheet: Sheet, place: Place, cells: Sequence[str]) -> Row | None:
        try:
            sheet.check(place, list(cells))
            parsed = parse(sheet.kind, place, sheet.header, cells)
        except RowRefused as error:
            parsed = [error]
        if not isinstance(parsed, list):
            return parsed
        for problem in parsed:
            self.refuse(problem)
        self._spoil(sheet, place, cells)
        return None

    def _spoil(self, sheet: Sheet, place: Place, cells: Sequence[str]) -> None:
        """What a refused row is about must not be taken from its other rows either."""
        values = dict(zip(sheet.header, cells, strict=False))
        key = values.get(next(iter(sheet.kind.required)), "").strip()
        if sheet.kind.name == "invoice_lines" and (not key or len(cells) != len(sheet.header)):
            self._lost_line = self._lost_line or place
        if sheet.kind.name == "payments":
            key = payment_key(key, values.get("reference", ""))
        if key:
            self.of_kind(sheet.kind.name).drop(key)

    def of_kind(self, kind: KindName) -> Rows[Any]:
        """Lines belong to their invoices: refusing one refuses the invoice."""
        rows: dict[KindName, Rows[Any]] = {
            "users": self.users,
            "customers": self.customers,
            "orders": self.orders,
            "invoices": self.invoices,
            "invoice_lines": self.invoices,
            "payments": self.payments,
        }
        return rows[kind]

    def _take(self, row: Row) -> None:
        match row:
            case UserRow():
                self._take_once(self.users, row.slack_user_id, row, row.place)
            case CustomerRow():
                self._take_once(self.customers, row.customer_id, row, row.place)
            case OrderRow():
                self._take_once(self.orders, row.order_number, row, row.place)
            case InvoiceRow():
                self._take_once(self.invoices, row.invoice_number, Draft(row, []), row.place)
            case LineRow():
                self._take_line(row)
            case PaymentRow():
                if row.key not in self.payments.spoilt:
                    self.payments.good.setdefault(row.key, []).append(row)

    def _take_once(self, rows: Rows[Keyed], key: str, row: Keyed, place: Place) -> None:
        first = rows.places.setdefault(key, place)
        if first is not place:
            self.refuse(_again(place, "", key, first))
            rows.drop(key)
        elif key not in rows.spoilt:
            rows.good[key] = row

    def _take_line(self, row: LineRow) -> None:
        lines = self._lines[row.invoice_number]
        first = lines.setdefault(row.line, row)
        if first is not row:
            what = f"line {row.line} of {row.invoice_number}"
            self.refuse(_again(row.place, "line", what, first.place))
            self.invoices.drop(row.invoice_number)

    def _refuse_doubtful(self, lost: Place) -> None:
        """A line that names no invoice may be missing from any whose total is not given."""
        for number, draft in list(self.invoices.good.items()):
            if draft.lines and draft.row.total is None:
                reason = f"line {lost.line} of {lost.file} may belong to {number}: mend it first"
                self.refuse(RowRefused(draft.row.place, "", reason))
                self.invoices.drop(number)

    def _refuse_orphans(self, number: str, lines: dict[int, LineRow]) -> None:
        reason = f"{number} is not in this call: an invoice and its lines are imported together"
        self.refuse(RowRefused(lines[min(lines)].place, "invoice_number", reason))


def _again(place: Place, column: str, what: str, first: Place) -> RowRefused:
    where = f"line {first.line}" if first.file == place.file else f"{first.file}, line {first.line}"
    return RowRefused(place, column, f"{what} is already on {where}: keep one of the two")

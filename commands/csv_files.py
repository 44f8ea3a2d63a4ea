"""Lists as CSV for people: what a spreadsheet would take for a formula stays text."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renderers import csv_cells


@dataclass(frozen=True, slots=True)
class CsvFile:
    """`name` is plain ASCII, its extension included."""

    name: str
    text: str


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Amounts below zero are written by the caller as text of their own: "(12.50)"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([csv_cells.literal(cell) for cell in row] for row in rows)
    return text.getvalue()

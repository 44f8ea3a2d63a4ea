"""Lists as CSV for people: what a spreadsheet would take for a formula stays text."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from renderers import csv_cells

_IN_MEMORY = 1_000_000  # bytes; what is more lies in a temporary file meanwhile
_PIECE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class CsvFile:
    """`pieces` can be read once."""

    name: str
    pieces: Iterator[bytes]


def written(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> CsvFile:
    """All of it is written before the first byte leaves, so that nobody's slow line holds a read
    of the ledger open. Amounts, which may be below zero, are decimal text.
    """
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- closed when it was sent
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    text.write("\ufeff")  # without it Excel reads names as Latin-1
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([csv_cells.literal(cell) for cell in row] for row in rows)
    text.detach()
    file.seek(0)
    return CsvFile(name, _pieces(file))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece

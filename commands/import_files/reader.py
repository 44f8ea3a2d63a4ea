"""CSV files: bytes into rows of cells, counting lines as an editor does."""

import csv
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from commands.import_files.kinds import KINDS, Kind
from commands.import_files.report import Place, RowRefused, shown_name

# Tab, line feed and carriage return may stand in an address; no other control character may.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Sheet:
    """One open file: its kind is read from the header on construction.

    Raises `RowRefused` when the file as a whole cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.file = shown_name(path)
        self._lines = csv.reader(_decoded(path), strict=True)
        self.header = self._read_header()
        self.kind = _kind_of(self.header, Place(self.file, 1))

    def rows(self) -> Iterator[tuple[Place, list[str]]]:
        """The rows below the header; blank lines are passed over."""
        while True:
            place, cells = self._next()
            if cells is None:
                return
            if cells:
                yield place, cells

    def check(self, place: Place, cells: list[str]) -> None:
        """Raise `RowRefused` when the row does not fit the header or holds control characters."""
        if len(cells) != len(self.header):
            counts = f"{len(cells)} cells and the header has {len(self.header)}"
            raise RowRefused(place, "", f"the row has {counts}: look for a missing quote or comma")
        for column, cell in zip(self.header, cells, strict=True):
            if found := _CONTROL.search(cell):
                code = f"U+{ord(found[0]):04X}"
                raise RowRefused(place, column, f"{column} holds the control character {code}")

    def _read_header(self) -> list[str]:
        _, cells = self._next()
        if not cells:
            raise RowRefused(Place(self.file, 1), "", "the file has no header row")
        return [cell.strip() for cell in cells]

    def _next(self) -> tuple[Place, list[str] | None]:
        place = Place(self.file, self._lines.line_num + 1)
        try:
            return place, next(self._lines)
        except StopIteration:
            return place, None
        except csv.Error as error:
            raise RowRefused(place, "", f"the file cannot be read from here: {error}") from None


def _decoded(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield _text(line, number, shown_name(path))
    except OSError as error:
        raise RowRefused(
            Place(shown_name(path), 0), "", f"the file cannot be opened: {error.strerror}"
        ) from None


def _text(line: bytes, number: int, file: str) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        reason = 'the line is not UTF-8: save the file as "CSV UTF-8"'
        raise RowRefused(Place(file, number), "", reason) from None


def _kind_of(header: list[str], place: Place) -> Kind:
    kind = next((kind for kind in KINDS if kind.mark in header), None)
    if kind is None:
        marks = "; ".join(f"{kind.name}: {', '.join(kind.required)}" for kind in KINDS)
        raise RowRefused(place, "", f"the header names no known kind of file; needed are {marks}")
    for index, column in enumerate(header):
        _check_column(kind, place, column, again=column in header[:index])
    if missing := [column for column in kind.required if column not in header]:
        raise RowRefused(place, missing[0], f"{kind.name} need the column {missing[0]}")
    return kind


def _check_column(kind: Kind, place: Place, column: str, *, again: bool) -> None:
    if again:
        raise RowRefused(place, column, f"the column {column} is there twice")
    if column in kind.columns:
        return
    if not column:
        raise RowRefused(place, "", "a column has no name: remove the empty column")
    near = get_close_matches(column, kind.columns, n=1)
    mend = f"is {near[0]} meant?" if near else f"known are {', '.join(kind.columns)}"
    raise RowRefused(place, column, f"{kind.name} have no column {column}: {mend}")

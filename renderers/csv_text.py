"""CSV for people who open it in a spreadsheet: no cell of theirs can be a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: str) -> str:
    """Text from outside, with an apostrophe before what a spreadsheet would calculate."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else value


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheets guess the encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")

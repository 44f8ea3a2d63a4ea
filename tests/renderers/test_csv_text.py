"""A file that people open in a spreadsheet, and that calculates nothing there."""

import pytest

from renderers import csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert csv_text.cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Blue Iris", "a=b", "INV-1042"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert csv_text.cell(text) == text


def test_the_encoding_is_told_and_quotes_are_kept() -> None:
    made = csv_text.table(["a", "b"], [['say "hi", twice', "é"]])
    assert made.decode("utf-8-sig") == 'a,b\r\n"say ""hi"", twice",é\r\n'
    assert made.startswith(b"\xef\xbb\xbf")

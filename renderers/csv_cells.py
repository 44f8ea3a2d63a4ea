"""Texts in a CSV that people open with a spreadsheet."""

import re

# A spreadsheet would take a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def literal(value: str) -> str:
    """`value` as a spreadsheet shows it literally; a plain number stays one."""
    is_formula = value.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value

"""Texts in a CSV that people open with a spreadsheet."""

# A spreadsheet would take a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def literal(value: str) -> str:
    """`value` as a spreadsheet shows it literally."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value

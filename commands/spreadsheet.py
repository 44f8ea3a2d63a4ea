"""Cells of the lists that people open in a spreadsheet."""

# A spreadsheet would take a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text(value: str) -> str:
    """`value` as text, whatever it begins with; amounts and dates need nothing of the kind."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value

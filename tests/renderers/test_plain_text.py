import pytest

from renderers.plain_text import clean, one_line, truncate


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Iris\x00\x07\x1b[31m", "Iris[31m"),
        ("Iris\u202egnp.exe", "Irisgnp.exe"),
        ("a\u200bb\ufeffc", "abc"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("half \ud83d", "half \ufffd"),
        ("end\uffff", "end\ufffd"),
        ("Cafe\u0301", "Café"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_clean_keeps_what_can_be_read(typed: str, shown: str) -> None:
    assert clean(typed) == shown


def test_one_line_joins_lines_with_single_spaces() -> None:
    assert one_line(" Iris\r\n Bcc:\t all ") == "Iris Bcc: all"


def test_truncate_cuts_after_a_word() -> None:
    assert truncate("Blue Iris Florist of Portland", 20) == "Blue Iris Florist…"
    assert truncate("x" * 30, 10) == "x" * 9 + "…"
    assert truncate("short", 10) == "short"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.errors import Refused
from commands.launcher.parser import Typed, Unknown, parse

VERBS = ("invoice", "help")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", Typed("")),
        ("   ", Typed("")),
        ("invoice INV-1042", Typed("invoice", "INV-1042")),
        ("Invoice  blue   iris", Typed("invoice", "blue iris")),
        ("help", Typed("help")),
        ("INV-1042", Typed("invoice", "INV-1042", guessed=True)),
        ("inv-1042", Typed("invoice", "inv-1042", guessed=True)),
        ("1042", Typed("invoice", "1042", guessed=True)),
        ("#88213", Typed("invoice", "#88213", guessed=True)),
        ("invoice\x00\x07 1042", Typed("invoice", "1042")),
    ],
)
def test_what_is_typed_is_understood(text: str, typed: Typed) -> None:
    assert parse(text, VERBS) == typed


@pytest.mark.parametrize("text", ["invoce", "invoices", "INVOIC", "inv", "hlep", "halp"])
def test_a_misspelled_verb_is_answered_with_the_nearest(text: str) -> None:
    found = parse(text, VERBS)
    assert isinstance(found, Unknown)
    assert found.nearest == ("help" if text[0] == "h" else "invoice")


def test_words_that_are_no_verb_are_left_for_the_search() -> None:
    assert parse("Blue Iris", VERBS) == Unknown("Blue Iris", "")


def test_more_than_200_characters_are_refused() -> None:
    parse("x" * 200, VERBS)
    with pytest.raises(Refused, match="under 200"):
        parse("x" * 201, VERBS)


@given(st.text(max_size=200))
def test_any_text_is_either_understood_or_unknown(text: str) -> None:
    found = parse(text, VERBS)
    assert isinstance(found, Unknown) or found.verb in {"", *VERBS}

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.rules import order_lines
from commands.rules.order_lines import MOST_LINES, BadLines, TypedLine, read


def as_typed(text: str) -> list[str]:
    return [str(line) for line in read(text, "USD")]


def complaints(text: str, currency: str = "USD") -> tuple[str, ...]:
    with pytest.raises(BadLines) as caught:
        read(text, currency)
    return caught.value.sentences


def test_a_line_is_quantity_description_and_price() -> None:
    [line] = read("12 x Roses red 60cm @ 1.25", "USD")
    assert line == TypedLine("Roses red 60cm", Decimal(12), Decimal("1.25"))


@pytest.mark.parametrize(
    "typed",
    [
        "12 Roses @ 1.25",
        "12x Roses @ 1.25",
        "12xRoses @1,25",
        "12 X Roses@1.25",
        "12 × Roses @ $1.25",
        "12 * Roses @ US$ 1.25",
        "  12\u00a0x  Roses\t@ 1.25 USD ",
        "“12 x Roses @ 1.25”",
        "• 12 x Roses @ 1.25 each",
        "- 12 x Roses @ 1.25",
        "– 12 Roses @ 1.25",
        "1. 12 x Roses @ 1.25",
        "3) 12 Roses @ 1.25",
        "\u200b12 x Ro\u200bses \uff20 1.25",
    ],
)
def test_the_ways_people_type_it(typed: str) -> None:
    assert as_typed(typed) == ["12 x Roses @ 1.25"]


@pytest.mark.parametrize(
    "typed",
    [
        "3 boxes x Roses @ 20",
        "3 boxes of Roses @ 20",
        "3 boxes Roses @ 20",
        "3boxes x Roses @ 20",
        "3 boxes x Roses @ 20/box",
    ],
)
def test_a_word_that_is_a_unit_is_one(typed: str) -> None:
    assert as_typed(typed) == ["3 boxes x Roses @ 20"]


def test_the_unit_may_stand_behind_the_price() -> None:
    assert as_typed("100 x Roses @ 0.45 per stem") == ["100 stem x Roses @ 0.45"]


@pytest.mark.parametrize(
    ("typed", "description"),
    [
        ("12 Roses x Lilies @ 1", "Roses x Lilies"),
        ("5 box hedges @ 1", "box hedges"),
        ("5 xanthium @ 1", "xanthium"),
        ("12x60cm vases @ 1", "60cm vases"),
        ("2 x Vase 60 x 40 @ 1", "Vase 60 x 40"),
        ("2 x me@home.test @ 1", "me@home.test"),
    ],
)
def test_what_is_no_unit_belongs_to_the_description(typed: str, description: str) -> None:
    [line] = read(typed, "USD")
    assert (line.description, line.unit) == (description, "")


def test_a_line_may_have_its_own_tax() -> None:
    assert as_typed("1 x Vase @ 10 +8.25%\n1 x Vase @ 10 + 8,875 % tax") == [
        "1 x Vase @ 10 +8.25%",
        "1 x Vase @ 10 +8.875%",
    ]


@pytest.mark.parametrize(
    "typed", ["-1 x Discount @ 5", "\u22121 Discount @ 5,00", "–1x Discount @ $5"]
)
def test_a_discount_has_a_minus(typed: str) -> None:
    assert as_typed(typed) == ["-1 x Discount @ 5"]
    assert as_typed("1 x Discount @ -$5\n1 x Discount @ $-5") == ["1 x Discount @ -5"] * 2


def test_empty_lines_do_not_count() -> None:
    assert len(read("\n1 x a @ 1\n \n\n2 x b @ 2\n", "USD")) == 2
    assert read(" \n", "USD") == []


def test_every_bad_line_is_told_at_once_by_its_number() -> None:
    told = complaints("12 x Roses @ 1.25\nRoses @ 2\n\n12 Roses\n3 x @ 4\n5 x Lilies @ cheap")
    assert [sentence.partition(":")[0] for sentence in told] == [
        "Line 2",
        "Line 4",
        "Line 5",
        "Line 6",
    ]
    for sentence, mend in zip(
        told, ("begin with the quantity", "after @", "say what it is", "not a price"), strict=True
    ):
        assert mend in sentence


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("1,250 x Roses @ 1", "“1,250” can be read in two ways: please write 1250 or 1.250"),
        ("1 x Roses @ -1,250", "please write -1250 or -1.250"),
        ("1 250 Roses @ 1", "write 1250, or 1 x 250"),
        ("60cm Roses @ 1", "put a space or an x"),
        ("0 x Roses @ 1", "the quantity is 0"),
        ("1 x Roses @ €1", "“€” is not USD"),
        ("1 x Roses @ 1 EUR", "“EUR” is not USD"),
        ("1 x Roses @ CA$1", "“CA$” is not USD"),
        ("1 x Roses @ 1.25, 3 x Lilies @ 2", "give each item a line of its own"),
        ("3 boxes x Roses @ 1/stem", "the price is for one stem"),
        ("1 x Roses @ 1 +120%", "not from 0 to 100"),
        ("1 x Roses @ 1 + 2", "not a price"),
        (f"1 x {'R' * 201} @ 1", "too long"),
        ("- 1 x Discount @ 5\n2 x Roses @ 5", "a minus or a bullet"),
    ],
)
def test_what_can_mean_two_things_is_refused_with_the_mend(typed: str, mend: str) -> None:
    assert mend in complaints(typed)[0]


def test_the_currency_decides_which_signs_are_taken() -> None:
    assert read("1 x Roses @ 1,25 €", "EUR")[0].unit_price == Decimal("1.25")
    assert read("1 x Roses @ CA$2", "CAD")[0].unit_price == Decimal(2)


def test_a_hundred_lines_are_taken_and_no_more() -> None:
    assert len(read("1 x a @ 1\n" * MOST_LINES, "USD")) == MOST_LINES
    assert "101 lines are too many" in complaints("1 x a @ 1\n" * (MOST_LINES + 1))[0]


def test_a_page_of_bad_lines_is_told_in_short() -> None:
    told = complaints("nonsense\n" * 60)
    assert len(told) == 11
    assert told[-1] == "And 50 more like these."


def test_a_tax_rate_may_have_a_comma_and_a_sign() -> None:
    assert order_lines.rate(" 8,875 % ") == Decimal("8.875")


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1).map(
    lambda text: text.replace("@", "a")
)


def is_read_again(text: str) -> None:
    """Nothing but its own error is raised, and what was read prints as what can be typed."""
    try:
        lines = read(text, "USD")
    except BadLines:
        return
    assert read("\n".join(map(str, lines)), "USD") == lines


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_whatever_is_typed_is_refused_or_can_be_typed_again(text: str) -> None:
    is_read_again(text)


PIECES = st.sampled_from(
    "12 1,250 1.5 -3 60cm x × * boxes stem of Roses @ $ € USD . , - – + 8.25 % each / per 1. •"
    " “ ”".split()
)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
def test_what_looks_like_a_line_is_refused_or_can_be_typed_again(
    pieces: list[str], between: str
) -> None:
    is_read_again(between.join(pieces))


@given(
    st.decimals(-(10**9), 10**9, places=3).filter(bool),
    st.decimals(-(10**9), 10**9, places=4),
    st.sampled_from(["", "boxes", "stem"]),
    st.none() | st.decimals(0, 100, places=3),
)
def test_what_is_printed_is_parsed_as_the_same(
    quantity: Decimal, price: Decimal, unit: str, rate: Decimal | None
) -> None:
    line = TypedLine("x boxes of “Roses” 60 x 40", quantity, price, unit, rate)
    [again] = read(str(line), "USD")
    assert again == TypedLine('x boxes of "Roses" 60 x 40', quantity, price, unit, rate)

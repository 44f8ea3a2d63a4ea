from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.rules.typed_numbers import BadNumber, read, written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("1.25", "1.25"),
        ("1,25", "1.25"),
        (".5", "0.5"),
        ("0,125", "0.125"),
        ("1.2500", "1.25"),
        ("1,250.50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1'250.50", "1250.50"),
        ("1,250,000", "1250000"),
        ("1'250", "1250"),
        ("-3,5", "-3.5"),
        ("-0", "0"),
    ],
)
def test_a_point_or_a_comma_may_stand_before_the_decimals(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,250", "1.250", "-12,500", "999.999"])
def test_what_can_be_a_thousand_or_a_fraction_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(BadNumber, match="write the one you mean") as caught:
        read(text)
    for reading in str(caught.value).partition("can be ")[2].partition(":")[0].split(" or "):
        assert read(reading)


def test_where_no_thousands_are_meant_nothing_is_ambiguous() -> None:
    assert read("8.875", grouped=False) == Decimal("8.875")
    assert read("8,875", grouped=False) == Decimal("8.875")


def test_a_currency_of_three_decimals_is_written_with_them() -> None:
    assert read("1.250", places=3) == Decimal("1.25")
    with pytest.raises(BadNumber):
        read("1,250", places=3)


@pytest.mark.parametrize(
    "text",
    ["", "-", "a", "1.", "1,2,3", "1.2.3", "1,25.5,0", "1'2", "1,2'500", "9" * 16, "1e3", "१"],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(BadNumber, match="is not a number"):
        read(text)


@given(st.decimals(-(10**14), 10**14, places=5), st.sampled_from([0, 2, 3]))
def test_what_is_written_is_read_as_the_same(value: Decimal, places: int) -> None:
    assert read(written(value), places=places) == value


@given(st.text(alphabet="0123456789.,'-", max_size=20))
def test_nothing_but_its_own_error_is_raised(text: str) -> None:
    try:
        value = read(text)
    except BadNumber:
        return
    assert read(written(value)) == value

"""A filter survives being stored, whatever is in it."""

from datetime import date

import pytest

from commands.open_invoices import filtering
from storage.money import Money
from storage.receivables import NO_FILTERS, Filters

FULL = Filters(
    text="blue iris",
    bucket="over_90",
    minimum=Money(50000, "USD"),
    sales_rep="U0SALLY",
    group="A & B",
    due_after=date(2026, 1, 1),
    due_before=date(2026, 2, 1),
    customer_ids=("C1", "C2"),
)


@pytest.mark.parametrize("filters", [NO_FILTERS, FULL, Filters(text="x"), Filters(bucket="1-30")])
def test_a_filter_comes_back_as_it_was_stored(filters: Filters) -> None:
    assert filtering.of_content(filtering.content(filters)) == filters


def test_everything_but_the_search_is_told_in_words() -> None:
    assert filtering.words(FULL) == (
        "2 chosen customers · over 90 days late · due from 1 Jan 2026 · due until 1 Feb 2026"
        " · at least USD 500.00 · of <@U0SALLY> · group A &amp; B"
    )
    assert filtering.words(Filters(text="iris")) == ""


def test_what_is_typed_is_cut_where_the_search_box_ends() -> None:
    assert filtering.typed(f"  {'x' * 300}").text == "x" * 198

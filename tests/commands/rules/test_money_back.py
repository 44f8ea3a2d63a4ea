from hypothesis import given
from hypothesis import strategies as st

from commands.rules.money_back import chosen_shares, comes_off

LAID = st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 500), max_size=5)


def test_unapplied_money_goes_first_then_the_newest() -> None:
    assert comes_off(70, {}, 20, {"new": 30, "old": 100}) == {"new": 30, "old": 20}


def test_what_was_chosen_goes_before_all() -> None:
    assert comes_off(70, {"old": 60}, 20, {"new": 30, "old": 100}) == {"old": 60}


def test_ticked_invoices_are_filled_in_order() -> None:
    assert chosen_shares(70, [("new", 30), ("old", 100)]) == {"new": 30, "old": 40}
    assert chosen_shares(20, [("new", 30), ("old", 100)]) == {"new": 20}


@given(LAID, st.integers(0, 300), st.data())
def test_no_cent_is_lost_and_none_taken_that_is_not_there(
    laid: dict[str, int], unapplied: int, data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, unapplied + sum(laid.values())))
    ticked = [(n, laid[n]) for n in laid if data.draw(st.booleans())]
    chosen = chosen_shares(amount, ticked)
    off = comes_off(amount, chosen, unapplied, laid)
    assert all(0 < part <= laid[number] for number, part in off.items())
    assert amount - sum(off.values()) <= unapplied
    assert all(off[number] >= part for number, part in chosen.items())

"""Amounts laid on invoices: to the last minor unit, never more than is open."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.rules.allocation import Claim, as_agreed, oldest_first, spread

AMOUNTS = st.integers(min_value=0, max_value=10**12)
CLAIMS = st.lists(
    st.builds(
        Claim,
        number=st.from_regex(r"INV-[0-9]{1,4}", fullmatch=True),
        due_date=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        open=st.integers(min_value=-1000, max_value=10**10),
    ),
    max_size=20,
    unique_by=lambda claim: claim.number,
)


@settings(derandomize=True)
@given(AMOUNTS, CLAIMS)
def test_nothing_is_lost_and_nothing_is_overpaid(amount: int, claims: list[Claim]) -> None:
    plan = oldest_first(amount, claims)
    assert plan.laid + plan.excess == amount
    assert plan.excess >= 0
    open_by_number = {claim.number: claim.open for claim in claims}
    assert all(0 < share <= open_by_number[n] for n, share in plan.shares.items())


@settings(derandomize=True)
@given(AMOUNTS, CLAIMS)
def test_a_younger_invoice_gets_money_only_when_the_older_are_full(
    amount: int, claims: list[Claim]
) -> None:
    plan = oldest_first(amount, claims)
    ranked = sorted(claims, key=lambda claim: (claim.due_date, claim.number))
    wanting = [claim for claim in ranked if claim.open > 0]
    left = [claim.open - plan.shares.get(claim.number, 0) for claim in wanting]
    first_short = next((i for i, rest in enumerate(left) if rest), len(left))
    assert all(claim.number not in plan.shares for claim in wanting[first_short + 1 :])


@settings(derandomize=True)
@given(AMOUNTS, CLAIMS)
def test_the_order_of_the_claims_does_not_matter(amount: int, claims: list[Claim]) -> None:
    assert oldest_first(amount, claims) == oldest_first(amount, claims[::-1])


@settings(derandomize=True)
@given(
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 10**9), min_size=1),
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(-10, 10**9)),
)
def test_shares_agreed_are_bounded_by_what_is_open_now(
    shares: dict[str, int], open_now: dict[str, int]
) -> None:
    plan = as_agreed(sum(shares.values()), shares, open_now)
    for number, agreed in shares.items():
        assert plan.shares.get(number, 0) == max(0, min(agreed, open_now.get(number, 0)))
    assert plan.excess == sum(shares.values()) - plan.laid


def test_an_amount_below_zero_is_no_payment() -> None:
    with pytest.raises(ValueError, match="below zero"):
        oldest_first(-1, [])


@settings(derandomize=True)
@given(st.lists(AMOUNTS, max_size=5), CLAIMS)
def test_credits_are_used_up_in_turn_and_pay_as_one_amount_would(
    amounts: list[int], claims: list[Claim]
) -> None:
    sources = {f"CR-{number}": amount for number, amount in enumerate(amounts)}
    moves = spread(sources, claims)
    laid: dict[str, int] = {}
    for move in moves:
        laid[move.number] = laid.get(move.number, 0) + move.amount
    assert laid == oldest_first(sum(amounts), claims).shares
    for source, amount in sources.items():
        assert sum(move.amount for move in moves if move.source == source) <= amount

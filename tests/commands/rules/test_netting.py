"""How much credit goes with a payment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.rules import gateway_limits
from commands.rules.netting import net
from storage.money import Money

MINOR = st.integers(0, 10**8)


@pytest.mark.parametrize(
    ("owed", "credit", "used", "charge"),
    [
        (12500, 3000, 3000, 9500),
        (12500, 12500, 12500, 0),
        (12500, 99999, 12500, 0),
        (12500, 12480, 12450, 50),
        (30, 10, 0, 30),
        (0, 500, 0, 0),
    ],
)
def test_what_is_left_can_be_charged(owed: int, credit: int, used: int, charge: int) -> None:
    netted = net(Money(owed, "USD"), Money(credit, "USD"))
    assert (netted.credit.minor, netted.charge.minor) == (used, charge)


def test_three_decimals_are_charged_in_steps_of_ten() -> None:
    assert net(Money(12505, "KWD"), Money(3, "KWD")).charge == Money(12505, "KWD")
    assert net(Money(12505, "KWD"), Money(5000, "KWD")).charge == Money(7510, "KWD")


@given(MINOR, MINOR, st.sampled_from(["USD", "JPY", "HUF"]))
def test_never_more_than_there_is_nor_than_is_owed(owed: int, credit: int, code: str) -> None:
    netted = net(Money(owed, code), Money(credit, code))
    assert 0 <= netted.credit.minor <= min(owed, credit)
    assert netted.credit.minor + netted.charge.minor == owed
    smallest = gateway_limits.smallest(code).minor
    assert not netted.charge or netted.charge.minor >= min(smallest, owed)

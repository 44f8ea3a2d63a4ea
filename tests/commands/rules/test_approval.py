import pytest

from commands.rules.approval import refund_needs_second_person
from storage.money import Money


@pytest.mark.parametrize(
    ("amount", "earlier", "needs"),
    [
        (Money(100_000, "USD"), 0, False),
        (Money(100_001, "USD"), 0, True),
        (Money(60_000, "USD"), 40_000, False),
        (Money(60_000, "USD"), 40_001, True),
        (Money(1, "EUR"), 0, True),
    ],
)
def test_above_the_limit_a_second_person_is_asked(amount: Money, earlier: int, needs: bool) -> None:
    asked = refund_needs_second_person(amount, earlier, limit=1000, currency="USD")
    assert asked is needs


def test_the_limit_counts_whole_units_of_any_currency() -> None:
    yen, dinar = Money(1001, "JPY"), Money(1_000_000, "KWD")
    assert refund_needs_second_person(yen, 0, limit=1000, currency="JPY")
    assert not refund_needs_second_person(dinar, 0, limit=1000, currency="KWD")

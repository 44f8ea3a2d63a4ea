import pytest

from commands.rules.approval import BulkLimits, refund_needs_second_person, why_bulk_asks
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


def test_a_limit_of_no_customer_is_exceeded_by_one() -> None:
    limits = BulkLimits(customers=0, total=10, second_person_over=10, currency="USD")
    (why,) = why_bulk_asks(1, {"USD": 1}, 0, limits, may_exceed=False)
    assert why == "it goes to 1 customer (without asking: 0)"


LIMITS = BulkLimits(customers=1, total=10_000, second_person_over=50_000, currency="USD")


@pytest.mark.parametrize(
    ("customers", "totals", "earlier", "may_exceed", "words"),
    [
        (1, {"USD": 1_000_000}, 0, False, []),
        (1, {"USD": 1_000_001}, 0, False, ["it asks for USD 10,000.01"]),
        (1, {"USD": 1}, 1_000_000, False, ["last 24 hours"]),
        (2, {"USD": 1}, 0, False, ["2 customers"]),
        (2, {"USD": 1_000_001}, 0, False, ["2 customers", "USD 10,000.01"]),
        (500, {"USD": 5_000_000}, 0, True, []),
        (500, {"USD": 5_000_001}, 0, True, ["USD 50,000.01 (without asking: USD 50,000)"]),
        (1, {"USD": 1}, 5_000_000, True, ["last 24 hours"]),
        (1, {"EUR": 1}, 0, True, ["another currency than USD"]),
        (1, {"EUR": 1}, 9_000_000, False, ["another currency than USD"]),
    ],
)
def test_who_asks_for_a_bulk_send_and_why(
    customers: int, totals: dict[str, int], earlier: int, may_exceed: bool, words: list[str]
) -> None:
    reasons = why_bulk_asks(customers, totals, earlier, LIMITS, may_exceed=may_exceed)
    assert len(reasons) == len(words)
    assert all(word in reason for word, reason in zip(words, reasons, strict=True))

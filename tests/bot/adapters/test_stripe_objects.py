import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.stripe_account import account_reading
from bot.adapters.stripe_objects import from_stripe, to_stripe
from commands.errors import Refused
from commands.ports import AccountReading
from commands.rules import gateway_limits
from storage.money import Money


@pytest.mark.parametrize(
    ("amount", "counted"),
    [
        (Money(12500, "USD"), 12500),
        (Money(500, "JPY"), 500),
        (Money(12340, "KWD"), 12340),
        (Money(500, "ISK"), 50000),
        (Money(1200, "MGA"), 12),
    ],
)
def test_amounts_are_counted_as_stripe_counts_the_currency(amount: Money, counted: int) -> None:
    assert to_stripe(amount) == counted
    assert from_stripe(counted, amount.currency.lower()) == amount


@settings(derandomize=True)
@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD", "ISK", "EUR"]))
def test_no_amount_is_changed_on_the_way(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert from_stripe(to_stripe(amount), currency.lower()) == amount


def test_what_stripes_unit_cannot_hold_is_refused() -> None:
    with pytest.raises(Refused, match="has no decimals"):
        to_stripe(Money(1250, "MGA"))


def test_an_account_that_may_charge_offers_what_is_active() -> None:
    capabilities = {"card_payments": "active", "us_bank_account_ach_payments": "pending"}
    told = {"charges_enabled": True, "capabilities": capabilities}
    assert account_reading(told) == AccountReading("", "active", ("card",))


def test_a_restricted_account_says_what_is_missing() -> None:
    told = {"charges_enabled": False, "requirements": {"currently_due": ["company.tax_id"]}}
    reading = account_reading(told)
    assert (reading.status, reading.requirements) == ("restricted", ("company.tax_id",))


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "ISK", "UGX"])
def test_the_most_that_is_offered_has_eight_digits_as_stripe_counts(currency: str) -> None:
    assert to_stripe(gateway_limits.largest(currency)) <= 99_999_999

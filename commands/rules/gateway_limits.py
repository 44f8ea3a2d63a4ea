"""What Stripe takes in one payment, by currency (docs.stripe.com/currencies)."""

from storage.money import Money, decimals

# Minor units. Currencies that are not here have no fixed minimum; Stripe then converts its own.
_SMALLEST = {
    "AED": 200,
    "AUD": 50,
    "BGN": 100,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
    "USD": 50,
}
_LARGEST_MINOR = 99_999_999  # eight digits
# Stripe counts two decimals of these, which have none: they are two of the eight digits.
_COUNTED_FINER = {"ISK": 100, "UGX": 100}
_THREE_DECIMALS = 3


def smallest(currency: str) -> Money:
    return Money(_SMALLEST.get(currency, 1), currency)


def largest(currency: str) -> Money:
    return Money(_LARGEST_MINOR // _COUNTED_FINER.get(currency, 1), currency)


def step(currency: str) -> int:
    """Stripe takes three-decimal currencies in steps of ten minor units."""
    return 10 if decimals(currency) == _THREE_DECIMALS else 1


def too_fine(amount: Money) -> bool:
    return amount.minor % step(amount.currency) != 0

"""What a payer can hold: Stripe's test cards and two bank accounts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CardDecline:
    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class TestCard:
    brand: str
    last4: str
    decline: CardDecline | None = None


_DECLINED = "Your card was declined."
_DECLINES = {
    "4000000000000002": CardDecline("card_declined", "generic_decline", _DECLINED),
    "4000000000009995": CardDecline(
        "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    "4000000000000069": CardDecline("expired_card", None, "Your card has expired."),
    "4000000000000127": CardDecline(
        "incorrect_cvc", None, "Your card's security code is incorrect."
    ),
    "4000000000000119": CardDecline(
        "processing_error", None, "An error occurred while processing your card. Try again later."
    ),
}
_BRANDS = {
    "4242424242424242": "visa",
    "4000056655665556": "visa",
    "5555555555554444": "mastercard",
    "5105105105105100": "mastercard",
    "378282246310005": "amex",
    "6011111111111117": "discover",
}
NOT_A_TEST_CARD = CardDecline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card.",
)
INVALID_NUMBER = CardDecline("incorrect_number", None, "Your card number is incorrect.")


def card(number: str) -> TestCard:
    """The test card behind a number as typed, with the decline it always meets, if any."""
    digits = "".join(filter(str.isdigit, number))
    if digits in _BRANDS:
        return TestCard(_BRANDS[digits], digits[-4:])
    valid = len(digits) >= 12 and _luhn(digits)  # noqa: PLR2004  # the shortest card number
    decline = _DECLINES.get(digits, NOT_A_TEST_CARD if valid else INVALID_NUMBER)
    return TestCard("visa", digits[-4:], decline)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004  # the formula's own digits


@dataclass(frozen=True)
class BankFailure:
    code: str
    message: str


INSUFFICIENT_FUNDS = BankFailure(
    "insufficient_funds",
    "The customer's bank account has insufficient funds (R01).",
)
BANK_NAME, BANK_ROUTING = "STRIPE TEST BANK", "110000000"
BANK_LAST4 = {"settles": "6789", "fails": "2227"}

"""When one person is not enough. Pure: amounts in, a yes or no out."""

from datetime import timedelta

from storage.money import Money

POLICY_VERSION = 1
LIFETIME = timedelta(hours=72)  # of a request that nobody decides


def refund_needs_second_person(amount: Money, earlier: int, *, limit: int, currency: str) -> bool:
    """Whether a refund of `amount` asks a second person.

    `limit` in whole units of `currency`; another currency always asks. `earlier`: minor units that
    the same person has had refunded of the same payment, so that nobody goes round the limit
    in parts.
    """
    if amount.currency != currency:
        return True
    return Money(amount.minor + earlier, currency).whole > limit

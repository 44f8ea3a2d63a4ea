"""When one person is not enough. Pure: amounts in, a yes or no out, or the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from storage.money import Money

POLICY_VERSION = 1
LIFETIME = timedelta(hours=72)  # of a request that nobody decides
REMIND_AFTER = LIFETIME / 2
BULK_WINDOW = timedelta(hours=24)  # in which a person's bulk requests count together


@dataclass(frozen=True, slots=True)
class BulkLimits:
    """`total` and `second_person_over` in whole units of `currency`."""

    customers: int
    total: int
    second_person_over: int
    currency: str


def why_bulk_asks(
    customers: int,
    totals: Mapping[str, int],
    earlier: int,
    limits: BulkLimits,
    *,
    may_exceed: bool,
) -> tuple[str, ...]:
    """Why somebody else has to agree to a bulk send, each completes "because"; () if nobody has.

    `totals`: minor units by currency. `earlier`: minor units of the limits' currency that the same
    person asked for within `BULK_WINDOW`. `may_exceed`: a role that may go beyond the first limits.
    """
    reasons = [
        f"it asks for {_said(Money(amount, currency))}, and another currency than {limits.currency}"
        " always needs an approval"
        for currency, amount in sorted(totals.items())
        if currency != limits.currency
    ]
    if not may_exceed and customers > limits.customers:
        whom = "1 customer" if customers == 1 else f"{customers} customers"
        reasons.append(f"it goes to {whom} (without asking: {limits.customers})")
    most = limits.second_person_over if may_exceed else limits.total
    own = Money(totals.get(limits.currency, 0), limits.currency)
    return (*reasons, *_over(own, earlier, most))


def _over(own: Money, earlier: int, most: int) -> tuple[str, ...]:
    together = Money(own.minor + earlier, own.currency)
    without = f"(without asking: {own.currency} {most:,})"
    if own.whole > most:
        return (f"it asks for {_said(own)} {without}",)
    if own.minor and together.whole > most:
        return (f"with what you sent in the last 24 hours it asks for {_said(together)} {without}",)
    return ()


def refund_needs_second_person(amount: Money, earlier: int, *, limit: int, currency: str) -> bool:
    """Whether a refund of `amount` asks a second person.

    `limit` in whole units of `currency`; another currency always asks. `earlier`: minor units that
    the same person has had refunded of the same payment, so that nobody goes round the limit
    in parts.
    """
    if amount.currency != currency:
        return True
    return Money(amount.minor + earlier, currency).whole > limit


def _said(amount: Money) -> str:
    return f"{amount.currency} {amount.whole:,}"

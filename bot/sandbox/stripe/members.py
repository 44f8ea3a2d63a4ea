"""Which members an object has, as stripe-python's own classes tell."""

from functools import cache
from types import NoneType
from typing import Any, get_args

import stripe
from stripe import checkout

CLASSES: dict[str, Any] = {
    "account": stripe.Account,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
}
_NEVER_NULL = frozenset({"deleted"})


@cache
def unset_members(kind: str) -> tuple[str, ...]:
    """Optional members: null where nothing was set. Lists come by expansion alone."""
    annotations = CLASSES[kind].__annotations__
    return tuple(
        name
        for name, hint in annotations.items()
        if NoneType in get_args(hint) and "ListObject" not in str(hint) and name not in _NEVER_NULL
    )


def required_members(kind: str) -> frozenset[str]:
    """Members that the class promises never to be null."""
    annotations = CLASSES[kind].__annotations__
    return frozenset(
        name
        for name, hint in annotations.items()
        if NoneType not in get_args(hint) and name != "OBJECT_NAME"
    )

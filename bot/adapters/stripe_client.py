"""One configured client of Stripe's API, and its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from commands.errors import GatewayUnavailable, NotFound, Refused

TIMEOUT_SECONDS = 15.0
_NOT_FOUND, _CONFLICT, _TOO_MANY, _SERVER_ERROR = 404, 409, 429, 500
_KEY_PROBLEMS = (401, 403)


def connect(
    api_key: str, api_base: str | None = None, *, timeout: float = TIMEOUT_SECONDS, retries: int = 2
) -> stripe.StripeClient:
    """A client with bounded patience; `retries` are made under one Idempotency-Key."""
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raise `GatewayUnavailable`, `NotFound` or `Refused` in place of the SDK's errors."""
    try:
        yield
    except stripe.StripeError as error:
        raise _translate(error) from error


def _translate(error: stripe.StripeError) -> GatewayUnavailable | Refused:
    status = error.http_status
    if status == _TOO_MANY:
        return GatewayUnavailable("Stripe is busy. Please try again in a minute.")
    if status in _KEY_PROBLEMS:
        return GatewayUnavailable("Stripe does not accept STRIPE_API_KEY, or it lacks a right.")
    if status is None or status == _CONFLICT or status >= _SERVER_ERROR:
        sentence = "Stripe did not answer. Please try again in a minute."
        spent = status is not None and status >= _SERVER_ERROR
        return GatewayUnavailable(sentence, outcome_known=False, key_spent=spent)
    if status == _NOT_FOUND:
        return NotFound(error.user_message or "Stripe does not know it.")
    return Refused(error.user_message or "Stripe refused it.")

"""Checkout sessions and payments at Stripe."""

from typing import TYPE_CHECKING, Any

import stripe

from bot.adapters import stripe_objects
from bot.adapters.stripe_client import translated
from commands.errors import NotFound, Refused
from commands.ports import CheckoutLine, CheckoutRequest, CheckoutSession, GatewayPayment
from storage.methods import Method

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

_EXPAND = ["payment_intent.latest_charge"]
# Cards kept by Link are cards to the payer.
_ALLOWED: dict[Method, list[Any]] = {
    "card": ["card", "link"],
    "us_bank_account": ["us_bank_account"],
}


class StripeCheckouts:
    """`commands.ports.Checkouts`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client
        self._sessions = client.v1.checkout.sessions

    def start(self, request: CheckoutRequest) -> CheckoutSession:
        key = f"cs:{request.attempt_id}"
        with translated():
            made = self._sessions.create(session_params(request), {"idempotency_key": key})
        return stripe_objects.checkout_session(made.to_dict())

    def find(self, session_id: str) -> CheckoutSession:
        with translated():
            found = self._sessions.retrieve(session_id, {"expand": _EXPAND})
            return stripe_objects.checkout_session(_with_payment(self._client, found.to_dict()))

    def expire(self, session_id: str) -> CheckoutSession:
        try:
            with translated():
                self._sessions.expire(session_id)
        except NotFound:
            raise
        except Refused:  # it is no longer open: the answer below says what it is
            pass
        return self.find(session_id)


class StripePayments:
    """`commands.ports.GatewayPayments`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client
        self._sessions = client.v1.checkout.sessions

    def find(self, payment_id: str) -> GatewayPayment:
        with translated():
            return stripe_objects.payment(_payment(self._client, payment_id))

    def session_of(self, payment_id: str) -> CheckoutSession | None:
        expand = [f"data.{path}" for path in _EXPAND]
        with translated():
            found = self._sessions.list(
                {"payment_intent": payment_id, "limit": 1, "expand": expand}
            )
            rows = [_with_payment(self._client, row.to_dict()) for row in found.data]
        return stripe_objects.checkout_session(rows[0]) if rows else None


def _with_payment(client: stripe.StripeClient, session: dict[str, Any]) -> dict[str, Any]:
    """What was not expanded as asked is fetched: an id alone would look like no payment at all."""
    intent = session.get("payment_intent")
    if isinstance(intent, str):
        return session | {"payment_intent": _payment(client, intent)}
    if intent:
        return session | {"payment_intent": _with_charge(client, intent)}
    return session


def _payment(client: stripe.StripeClient, payment_id: str) -> dict[str, Any]:
    found = client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
    return _with_charge(client, found.to_dict())


def _with_charge(client: stripe.StripeClient, intent: dict[str, Any]) -> dict[str, Any]:
    charge = intent.get("latest_charge")
    if not isinstance(charge, str):
        return intent
    return intent | {"latest_charge": client.v1.charges.retrieve(charge).to_dict()}


def session_params(request: CheckoutRequest) -> "SessionCreateParams":
    """What is sent: the same for the same request, byte for byte."""
    metadata = {"attempt_id": request.attempt_id}
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "pay",
        "client_reference_id": request.attempt_id,
        "line_items": [_line(line) for line in request.lines],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": request.description},
        "allowed_payment_method_types": _ALLOWED[request.method],
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
    }


def _line(line: CheckoutLine) -> "SessionCreateParamsLineItem":
    return {
        "quantity": 1,
        "price_data": {
            "currency": line.amount.currency.lower(),
            "unit_amount": stripe_objects.to_stripe(line.amount),
            "product_data": {"name": line.name},
        },
    }

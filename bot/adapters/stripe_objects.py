"""Stripe's objects, as plain JSON, in the words of our ports."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from commands.errors import Refused
from commands.ports import (
    CheckoutSession,
    GatewayDispute,
    GatewayPayment,
    GatewayRefund,
)
from storage.gateway_states import DisputeStatus, RefundStatus
from storage.money import Money, decimals

Json = Mapping[str, Any]

# How Stripe counts where it differs from ISO 4217 (docs.stripe.com/currencies).
_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
_REFUND_STATES: dict[str, RefundStatus] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "canceled",
}  # the others are on their way
_DISPUTE_STATES: dict[str, DisputeStatus] = {state: state for state in get_args(DisputeStatus)}
PaymentState = Literal["processing", "succeeded", "failed", "canceled", "requires_payment"]


def to_stripe(amount: Money) -> int:
    """The amount as Stripe counts it. Raises `Refused` where Stripe's unit is too coarse."""
    scaled = amount.whole.scaleb(_decimals(amount.currency))
    if scaled != scaled.to_integral_value():
        raise Refused(f"Stripe cannot take {amount}: its {amount.currency} has no decimals.")
    return int(scaled)


def from_stripe(value: int, currency: str) -> Money:
    code = currency.upper()
    whole = Decimal(value).scaleb(-_decimals(code))
    return Money(int(whole.scaleb(decimals(code))), code)


def _decimals(currency: str) -> int:
    return _DECIMALS.get(currency, decimals(currency))


def checkout_session(told: Json) -> CheckoutSession:
    """From a session whose `payment_intent` is expanded, if it has one."""
    intent = told.get("payment_intent")
    return CheckoutSession(
        id=told["id"],
        url=told.get("url") or "",
        status=told["status"],
        attempt_id=(told.get("metadata") or {}).get("attempt_id", ""),
        expires_at=instant(told["expires_at"]),
        livemode=told["livemode"],
        payment=payment(intent, told) if isinstance(intent, Mapping) else None,
    )


def payment(intent: Json, session: Json | None = None) -> GatewayPayment:
    """From a payment intent whose `latest_charge` is expanded, and the session that made it."""
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    details = charge.get("payment_method_details") or {}
    state = _state(intent, session or {})
    value = intent["amount_received"] if state == "succeeded" else intent["amount"]
    return GatewayPayment(
        id=intent["id"],
        status=state,
        amount=from_stripe(value, intent["currency"]),
        method=details.get("type") or "",
        method_detail=_detail(details),
        payer_email=_payer(charge, session or {}),
        statement_descriptor=charge.get("calculated_statement_descriptor") or "",
        failure=_failure(intent),
        attempt_id=(intent.get("metadata") or {}).get("attempt_id", ""),
        created=instant(intent["created"]),
    )


def _state(intent: Json, session: Json) -> PaymentState:
    status = intent["status"]
    if status in {"processing", "succeeded", "canceled"}:
        return status  # type: ignore[no-any-return]  # one of the three, from JSON
    # On an open page a declined card is no end: the payer tries another.
    ended = session.get("status") == "complete" and status == "requires_payment_method"
    return "failed" if ended else "requires_payment"


def _detail(details: Json) -> str:
    """Such as "Visa ending in 4242"."""
    kind = details.get("type") or ""
    own = details.get(kind) or {}
    name = _BRANDS.get(own.get("brand") or "", "Card") if kind == "card" else own.get("bank_name")
    if own.get("last4"):
        return f"{name or 'Account'} ending in {own['last4']}"
    return kind.replace("_", " ").capitalize()


def _payer(charge: Json, session: Json) -> str:
    told = (session.get("customer_details") or {}, charge.get("billing_details") or {})
    return next((who["email"] for who in told if who.get("email")), "")


def _failure(intent: Json) -> str:
    return (intent.get("last_payment_error") or {}).get("message") or ""


def refund(told: Json) -> GatewayRefund:
    return GatewayRefund(
        id=told["id"],
        payment_id=_id(told.get("payment_intent")),
        amount=from_stripe(told["amount"], told["currency"]),
        status=_REFUND_STATES.get(told["status"] or "", "pending"),
        created=instant(told["created"]),
        reason=told.get("reason") or "",
        failure=(told.get("failure_reason") or "").replace("_", " "),
        order_id=(told.get("metadata") or {}).get("refund_order", ""),
    )


def dispute(told: Json) -> GatewayDispute:
    amount = from_stripe(told["amount"], told["currency"])
    moved = told.get("balance_transactions") or []
    details = told.get("evidence_details") or {}
    return GatewayDispute(
        id=told["id"],
        payment_id=_id(told.get("payment_intent")),
        amount=amount,
        reason=told.get("reason") or "",
        status=_DISPUTE_STATES.get(told["status"], "needs_response"),
        withdrawn=_withdrawn(moved, amount),
        movements=len(moved),
        created=instant(told["created"]),
        due_by=instant(details["due_by"]) if details.get("due_by") else None,
    )


def _withdrawn(moved: list[Json], amount: Money) -> Money:
    """Fees left out. An account that settles in another currency tells only that money is gone."""
    net = sum(row["amount"] for row in moved)
    if net >= 0:
        return Money(0, amount.currency)
    if any(row["currency"].upper() != amount.currency for row in moved):
        return amount
    return from_stripe(-net, amount.currency)


def _id(told: Any) -> str:
    """Of an object that may be expanded, or may not be there at all."""
    return (told.get("id") if isinstance(told, Mapping) else told) or ""


def instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)

"""Refunds and disputes at Stripe."""

from typing import TYPE_CHECKING

import stripe

from bot.adapters import stripe_objects
from bot.adapters.stripe_client import translated
from commands.errors import Refused
from commands.ports import GatewayDispute, GatewayRefund, RefundRequest

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams

_MOST = 100  # of one payment; more than anybody makes
_AGAIN_LATER = "Add money to the Stripe balance, or try again once payments have come in."
_SENTENCES = {
    "charge_already_refunded": "The payment has been refunded already.",
    "charge_disputed": (
        "The payment is disputed: its money is with the bank, so Stripe refunds nothing."
    ),
    "balance_insufficient": f"There is too little in the Stripe balance. {_AGAIN_LATER}",
    "insufficient_funds": f"There is too little in the Stripe balance. {_AGAIN_LATER}",
    "charge_not_refundable": "Stripe can no longer refund this payment.",
    "payment_intent_unexpected_state": (
        "The payment has not settled yet. A bank debit can be refunded once it has."
    ),
}


class StripeRefunds:
    """`commands.ports.Refunds`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._refunds = client.v1.refunds

    def make(self, request: RefundRequest) -> GatewayRefund:
        try:
            with translated():
                made = self._refunds.create(_params(request), {"idempotency_key": request.key})
        except Refused as refusal:
            raise _explained(refusal) from refusal
        return stripe_objects.refund(made.to_dict())

    def find(self, refund_id: str) -> GatewayRefund:
        with translated():
            return stripe_objects.refund(self._refunds.retrieve(refund_id).to_dict())

    def of_payment(self, payment_id: str) -> list[GatewayRefund]:
        with translated():
            found = self._refunds.list({"payment_intent": payment_id, "limit": _MOST})
            return [stripe_objects.refund(row.to_dict()) for row in found.auto_paging_iter()]


class StripeDisputes:
    """`commands.ports.Disputes`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._disputes = client.v1.disputes

    def find(self, dispute_id: str) -> GatewayDispute:
        with translated():
            return stripe_objects.dispute(self._disputes.retrieve(dispute_id).to_dict())


def _params(request: RefundRequest) -> "RefundCreateParams":
    """What is sent: the same for the same request, byte for byte."""
    return {
        "payment_intent": request.payment_id,
        "amount": stripe_objects.to_stripe(request.amount),
        "reason": request.reason,
        "metadata": {"refund_order": request.order_id},
    }


def _explained(refusal: Refused) -> Refused:
    cause = refusal.__cause__
    code = cause.code if isinstance(cause, stripe.StripeError) else None
    sentence = _SENTENCES.get(code or "", "")
    return Refused(sentence) if sentence else refusal

"""What moved on the Stripe balance: balance transactions, disputes and payouts, page by page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import stripe

from bot.adapters import stripe_objects
from bot.adapters.stripe_client import translated
from commands.balance_ports import BALANCE_PAGE, GatewayMovement, GatewayPayout, Window
from commands.ports import GatewayDispute
from storage.balance import MovementKind

if TYPE_CHECKING:
    from stripe.params import BalanceTransactionListParams, DisputeListParams, PayoutListParams

Json = Mapping[str, Any]

_KINDS: dict[str, MovementKind] = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund_failure",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
}
_SOURCE = ["data.source"]


class StripeBalance:
    """`commands.ports.GatewayBalance`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._api = client.v1

    def movements(self, window: Window, after: str) -> list[GatewayMovement]:
        asked: BalanceTransactionListParams = {"created": _created(window), "limit": BALANCE_PAGE}
        return self._movements(asked, after)

    def movements_of_payout(self, payout_id: str, after: str) -> list[GatewayMovement]:
        return self._movements({"payout": payout_id, "limit": BALANCE_PAGE}, after)

    def movement_of_payment(self, payment_id: str) -> GatewayMovement | None:
        paths = ["latest_charge.balance_transaction"]
        with translated():
            intent = self._api.payment_intents.retrieve(payment_id, {"expand": paths}).to_dict()
        charge = intent.get("latest_charge")
        moved = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
        if not isinstance(charge, Mapping) or not isinstance(moved, Mapping):
            return None
        return movement({**moved, "source": charge})

    def disputes(self, window: Window, after: str) -> list[GatewayDispute]:
        asked: DisputeListParams = {"created": _created(window), "limit": BALANCE_PAGE}
        if after:
            asked["starting_after"] = after
        with translated():
            found = self._api.disputes.list(asked).data
            return [stripe_objects.dispute(row.to_dict()) for row in found]

    def payouts(self, window: Window, after: str) -> list[GatewayPayout]:
        asked: PayoutListParams = {"created": _created(window), "limit": BALANCE_PAGE}
        if after:
            asked["starting_after"] = after
        with translated():
            return [payout(row.to_dict()) for row in self._api.payouts.list(asked).data]

    def payout(self, payout_id: str) -> GatewayPayout:
        with translated():
            return payout(self._api.payouts.retrieve(payout_id).to_dict())

    def _movements(
        self, asked: "BalanceTransactionListParams", after: str
    ) -> list[GatewayMovement]:
        asked["expand"] = _SOURCE
        if after:
            asked["starting_after"] = after
        with translated():
            return [
                movement(row.to_dict()) for row in self._api.balance_transactions.list(asked).data
            ]


def _created(window: Window) -> Any:
    """Whole seconds: the window's end is not part of it."""
    return {"gte": int(window.since.timestamp()), "lt": int(window.until.timestamp())}


def movement(told: Json) -> GatewayMovement:
    """From a balance transaction whose `source` is expanded."""
    source = told.get("source")
    source = source if isinstance(source, Mapping) else {"id": source or ""}
    kind = _kind(told, source)
    intent = source.get("payment_intent")
    return GatewayMovement(
        id=told["id"],
        kind=kind,
        source_id=source.get("id") or "",
        payment_id=(intent.get("id") if isinstance(intent, Mapping) else intent) or "",
        fee=stripe_objects.from_stripe(told["fee"], told["currency"]),
        net=stripe_objects.from_stripe(told["net"], told["currency"]),
        created=stripe_objects.instant(told["created"]),
        amount=_charged(source) if kind == "payment" else None,
        refund=stripe_objects.refund(source) if kind.startswith("refund") else None,
        dispute=stripe_objects.dispute(source) if kind == "dispute" else None,
    )


def _kind(told: Json, source: Json) -> MovementKind:
    if source.get("object") == "dispute":
        return "dispute"
    kind = _KINDS.get(told["type"], "other")
    wanted = {"payment": "charge", "refund": "refund", "refund_failure": "refund"}.get(kind)
    return kind if wanted in {None, source.get("object")} else "other"


def _charged(charge: Json) -> Any:
    value = charge.get("amount_captured") or charge["amount"]
    return stripe_objects.from_stripe(value, charge["currency"])


def payout(told: Json) -> GatewayPayout:
    automatic = bool(told.get("automatic"))
    complete = told.get("reconciliation_status") in {"completed", "not_applicable", None}
    return GatewayPayout(
        id=told["id"],
        amount=stripe_objects.from_stripe(told["amount"], told["currency"]),
        status=told["status"],
        arrives_on=datetime.fromtimestamp(told["arrival_date"], UTC).date(),
        created=stripe_objects.instant(told["created"]),
        automatic=automatic,
        listed=automatic and complete and told["status"] == "paid",
        failure=told.get("failure_message") or "",
    )

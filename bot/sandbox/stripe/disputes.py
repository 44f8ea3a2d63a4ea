"""Disputes: money taken back by the payer's bank, returned when the merchant wins."""

from bot.sandbox.stripe import balance
from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.listing import matching, page

DISPUTE_FEE = 1500  # minor units
RESPONSE_SECONDS = 9 * 24 * 60 * 60
URL = "/v1/disputes"
# https://docs.stripe.com/disputes/categories, and the two that bank returns use
REASONS = frozenset(
    [
        "bank_cannot_process",
        "check_returned",
        "credit_not_processed",
        "customer_initiated",
        "debit_not_authorized",
        "duplicate",
        "fraudulent",
        "general",
        "incorrect_account_details",
        "insufficient_funds",
        "noncompliant",
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "unrecognized",
    ]
)


def open_dispute(books: Books, intent: Record, reason: str = "fraudulent") -> Record:
    """The payer's bank takes the money back. On a bank debit that is final: lost at once."""
    charge = _disputable(books, intent, reason)
    dispute = books.add(_new_dispute(books, charge, reason))
    charge["disputed"] = True
    books.emit("charge.dispute.created", dispute)
    _move_money(books, dispute, sign=-1, fee=DISPUTE_FEE)
    books.emit("charge.dispute.funds_withdrawn", dispute)
    if charge["payment_method_details"]["type"] == "us_bank_account":
        close(books, dispute, "lost")
    return dispute


def _disputable(books: Books, intent: Record, reason: str) -> Record:
    if reason not in REASONS:
        raise invalid(f"Invalid reason: must be one of {', '.join(sorted(REASONS))}", "reason")
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent is {intent['status']}: there is nothing to dispute.")
    charge = books.get("charge", intent["latest_charge"])
    if charge["disputed"] or charge["refunded"]:
        raise invalid("This charge has been disputed or refunded already.")
    return charge


def _new_dispute(books: Books, charge: Record, reason: str) -> Record:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": books.time(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": books.time() + RESPONSE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4" if reason == "fraudulent" else None,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _method(charge),
        "reason": reason,
        "status": "needs_response",
    }


def _method(charge: Record) -> Record | None:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return None
    card = {"brand": details["card"]["brand"], "case_type": "chargeback"}
    return {"type": "card", "card": card | {"network_reason_code": None}}


def _move_money(books: Books, dispute: Record, sign: int, fee: int = 0) -> None:
    transaction = balance.record(books, dispute, "adjustment", fee, sign)
    dispute["balance_transactions"].append(dict(transaction))


def close(books: Books, dispute: Record, outcome: str) -> Record:
    """`outcome` is "won" or "lost"; ApiError 400 when it has been decided already."""
    if dispute["status"] in {"won", "lost"}:
        raise invalid(f"This dispute is already {dispute['status']}.")
    dispute["status"] = outcome
    if outcome == "won":
        _move_money(books, dispute, sign=1)
    books.emit("charge.dispute.closed", dispute)
    if outcome == "won":
        books.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def withdrawn(books: Books) -> dict[str, int]:
    """Money that disputes hold or have taken for good, minor units per currency."""
    totals: dict[str, int] = {}
    for dispute in books.all("dispute"):
        if dispute["status"] != "won":
            totals[dispute["currency"]] = totals.get(dispute["currency"], 0) + dispute["amount"]
    return totals


def list_all(books: Books, params: Record) -> Record:
    return page(matching(books.all("dispute"), params, "charge", "payment_intent"), params, URL)

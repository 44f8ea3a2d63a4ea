"""Refunds: part or whole, at once on cards, days later on bank debits, sometimes failing."""

from bot.sandbox.stripe import balance
from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.currencies import display
from bot.sandbox.stripe.errors import ApiError, invalid
from bot.sandbox.stripe.listing import matching, page


def create(books: Books, params: Record) -> Record:
    charge = _charge_of(books, params)
    amount = params.get("amount", charge["amount_captured"] - charge["amount_refunded"])
    _check(charge, amount)
    refund = books.add(_new_refund(books, params, charge, amount))
    _count(charge, amount)
    refund["balance_transaction"] = balance.record(books, refund, "refund", sign=-1)["id"]
    books.emit("refund.created", refund)
    books.emit("charge.refunded", charge)
    books.emit("refund.updated", refund)
    return refund


def _charge_of(books: Books, params: Record) -> Record:
    if "charge" in params and "payment_intent" not in params:
        return books.get("charge", params["charge"], "charge", status=400)
    if "payment_intent" not in params:
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    intent = books.get("payment_intent", params["payment_intent"], "payment_intent", status=400)
    if intent["status"] != "succeeded":
        raise invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return books.get("charge", intent["latest_charge"])


def _check(charge: Record, amount: int) -> None:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not succeeded.", "charge")
    if charge["disputed"]:
        raise _refusal(charge, "has been charged back; cannot issue a refund", "charge_disputed")
    if left == 0:
        raise _refusal(charge, "has already been refunded.", "charge_already_refunded")
    if amount <= 0:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        raise invalid(
            f"Refund amount ({display(amount, charge['currency'])}) is greater than unrefunded "
            f"amount on charge ({display(left, charge['currency'])})",
            "amount",
        )


def _refusal(charge: Record, reason: str, code: str) -> ApiError:
    return invalid(f"Charge {charge['id']} {reason}", code=code)


def _count(charge: Record, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]


def _new_refund(books: Books, params: Record, charge: Record, amount: int) -> Record:
    bank = charge["payment_method_details"]["type"] == "us_bank_account"
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": books.time(),
        "currency": charge["currency"],
        "description": None,
        "destination_details": {"type": "us_bank_transfer" if bank else "card"},
        "failure_reason": None,
        "metadata": params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if bank else None,
        "reason": params.get("reason"),
        "receipt_number": None,
        "status": "pending" if bank else "succeeded",
    }


def settle(books: Books, refund: Record) -> Record:
    """A refund to a bank account arrives; ApiError 400 unless it is pending."""
    if refund["status"] != "pending":
        raise invalid(f"This refund is {refund['status']}, not pending.")
    refund |= {"status": "succeeded", "pending_reason": None}
    books.emit("refund.updated", refund)
    return refund


def fail(books: Books, refund: Record) -> Record:
    """The payer's bank sends the refund back; the charge counts as not refunded again."""
    if refund["status"] not in {"pending", "succeeded"}:
        raise invalid(f"This refund is already {refund['status']}.")
    charge = books.get("charge", refund["charge"])
    _count(charge, -refund["amount"])
    refund |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card" if refund["pending_reason"] is None else "declined",
        "pending_reason": None,
        "failure_balance_transaction": balance.record(books, refund, "refund_failure")["id"],
    }
    for event_type in ("refund.failed", "refund.updated", "charge.refund.updated"):
        books.emit(event_type, refund)
    return refund


def list_all(books: Books, params: Record) -> Record:
    return page(matching(books.all("refund"), params, "charge", "payment_intent"), params, URL)


URL = "/v1/refunds"

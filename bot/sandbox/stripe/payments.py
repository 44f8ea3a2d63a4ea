"""Paying a session: by card at once, by bank debit days later, or not at all."""

from bot.sandbox.stripe import balance, payment_objects
from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.checkout import payer_details
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.payers import INSUFFICIENT_FUNDS, BankFailure, CardDecline, TestCard


def pay_by_card(books: Books, session: Record, card: TestCard, payer: Record) -> CardDecline | None:
    """Complete the session, or leave it open and return why the card was declined."""
    intent = _intent(books, session)
    method = payment_objects.card_details(card)
    if card.decline is not None:
        _decline(books, intent, method, payer, card.decline)
        return card.decline
    charge = _charge(books, intent, method, payer)
    _succeed(books, intent, charge)
    _complete(session, intent, payer, "paid")
    books.emit("checkout.session.completed", session)
    return None


def pay_by_bank(books: Books, session: Record, plan: str, payer: Record) -> None:
    """Start a bank debit; `plan` ("settles" or "fails") is what its bank will say in the end."""
    intent = _intent(books, session)
    method = payment_objects.bank_details(books, plan)
    charge = _charge(books, intent, method, payer)
    charge["status"] = "pending"
    intent["status"] = "processing"
    books.bank_plans[intent["id"]] = plan
    _complete(session, intent, payer, "unpaid")
    books.emit("payment_intent.processing", intent)
    books.emit("charge.pending", charge)
    books.emit("checkout.session.completed", session)


def _intent(books: Books, session: Record) -> Record:
    """The session's payment intent; made at the first attempt, kept through declines."""
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']}.")
    known = books.find(session["payment_intent"] or "")
    if known is not None:
        return known
    params = books.intent_params[session["id"]]
    intent = books.add(payment_objects.payment_intent(books, session, params))
    session["payment_intent"] = intent["id"]
    books.emit("payment_intent.created", intent)
    return intent


def _charge(books: Books, intent: Record, method: Record, payer: Record) -> Record:
    charge = books.add(payment_objects.charge(books, intent, method, payer))
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    intent["last_payment_error"] = None
    return charge


def _complete(session: Record, intent: Record, payer: Record, payment_status: str) -> None:
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": payer_details(payer["email"], payer["name"]),
        "customer": intent["customer"],
    }


def _succeed(books: Books, intent: Record, charge: Record) -> None:
    charge |= {"status": "succeeded", "paid": True, "captured": True}
    charge["amount_captured"] = charge["amount"]
    charge["outcome"] = payment_objects.outcome("approved_by_network", "Payment complete.")
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    books.emit("charge.succeeded", charge)
    books.emit("payment_intent.succeeded", intent)
    # Captures are asynchronous: the fee is known a moment after the charge has succeeded.
    charge["balance_transaction"] = balance.of_charge(books, charge)["id"]
    books.emit("charge.updated", charge)


def _decline(
    books: Books, intent: Record, method: Record, payer: Record, decline: CardDecline
) -> None:
    charge = _charge(books, intent, method, payer)
    charge |= {
        "status": "failed",
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": payment_objects.outcome("declined_by_network", decline.message),
    }
    _reopen(intent, payment_objects.payment_error(charge, decline.decline_code))
    books.emit("charge.failed", charge)
    books.emit("payment_intent.payment_failed", intent)


def _reopen(intent: Record, error: Record) -> None:
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
    }


def _in_flight(books: Books, intent: Record) -> Record:
    if intent["status"] != "processing":
        raise invalid(f"This PaymentIntent is {intent['status']}, not processing.")
    books.bank_plans.pop(intent["id"], None)
    return books.get("charge", intent["latest_charge"])


def settle(books: Books, intent: Record) -> Record:
    """The bank debit arrives: ApiError 400 unless it is in flight."""
    charge = _in_flight(books, intent)
    _succeed(books, intent, charge)
    session = session_of(books, intent)
    session["payment_status"] = "paid"
    books.emit("checkout.session.async_payment_succeeded", session)
    return intent


def fail(books: Books, intent: Record, failure: BankFailure = INSUFFICIENT_FUNDS) -> Record:
    """The bank debit comes back: ApiError 400 unless it is in flight."""
    charge = _in_flight(books, intent)
    charge |= {
        "status": "failed",
        "failure_code": failure.code,
        "failure_message": failure.message,
        "outcome": payment_objects.outcome("declined_by_network", failure.message),
    }
    _reopen(intent, payment_objects.payment_error(charge, None))
    books.emit("charge.failed", charge)
    books.emit("payment_intent.payment_failed", intent)
    books.emit("checkout.session.async_payment_failed", session_of(books, intent))
    return intent


def session_of(books: Books, intent: Record) -> Record:
    sessions = books.all("checkout.session")
    return next(session for session in sessions if session["payment_intent"] == intent["id"])


def finish_bank_debits(books: Books, older_than: float = 0) -> list[Record]:
    """Let the banks answer every debit that began `older_than` seconds ago, as was planned."""
    latest = books.now() - older_than
    done = []
    for intent_id, plan in list(books.bank_plans.items()):
        intent = books.get("payment_intent", intent_id)
        charge = books.get("charge", intent["latest_charge"])
        if charge["created"] <= latest:
            done.append(settle(books, intent) if plan == "settles" else fail(books, intent))
    return done

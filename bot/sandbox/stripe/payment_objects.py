"""Payment intents and charges as the API returns them, when new."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.payers import BANK_LAST4, BANK_NAME, BANK_ROUTING, TestCard

DEBIT_DAYS = 4  # Stripe: up to four business days until a bank debit is known to have settled


def payment_intent(books: Books, session: Record, params: Record) -> Record:
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
        "confirmation_method": "automatic",
        "created": books.time(),
        "currency": session["currency"],
        "customer": session["customer"],
        "description": params.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": dict(params.get("metadata") or {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": params.get("receipt_email"),
        "setup_future_usage": params.get("setup_future_usage"),
        "shipping": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_group": params.get("transfer_group"),
    }


def charge(books: Books, intent: Record, method: Record, payer: Record) -> Record:
    charge_id = new_id("ch")
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": _billing_details(payer),
        "calculated_statement_descriptor": _descriptor(books, intent),
        "captured": False,
        "created": books.time(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": method,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{books.public_url}/receipts/{charge_id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_group": intent["transfer_group"],
    }


def _billing_details(payer: Record) -> Record:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {
        "address": address,
        "email": payer["email"],
        "name": payer["name"],
        "phone": None,
        "tax_id": None,
    }


def _descriptor(books: Books, intent: Record) -> str:
    prefix = "".join(c for c in books.merchant_name.upper() if c not in "<>\\'\"*")
    suffix = intent["statement_descriptor_suffix"]
    return (f"{prefix[:10]}* {suffix}" if suffix else prefix)[:22]


def card_details(card: TestCard) -> Record:
    return {
        "type": "card",
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": new_id("x", 16)[2:],
            "funding": "credit",
            "last4": card.last4,
            "network": card.brand,
            "three_d_secure": None,
            "wallet": None,
        },
    }


def bank_details(books: Books, plan: str) -> Record:
    expected = datetime.fromtimestamp(books.now(), UTC).date() + timedelta(days=DEBIT_DAYS)
    return {
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": "company",
            "account_type": "checking",
            "bank_name": BANK_NAME,
            "expected_debit_date": expected.isoformat(),
            "fingerprint": new_id("x", 16)[2:],
            "last4": BANK_LAST4[plan],
            "mandate": new_id("mandate"),
            "payment_reference": None,
            "routing_number": BANK_ROUTING,
        },
    }


def outcome(network_status: str, message: str) -> Record:
    approved = network_status == "approved_by_network"
    return {
        "advice_code": None,
        "network_status": network_status,
        "reason": None,
        "risk_level": "normal",
        "seller_message": message,
        "type": "authorized" if approved else "issuer_declined",
    }


def payment_error(charge: Record, decline_code: str | None) -> Record:
    error = {
        "charge": charge["id"],
        "code": charge["failure_code"],
        "message": charge["failure_message"],
        "type": "card_error",
    }
    return error | ({"decline_code": decline_code} if decline_code else {})

"""The merchant's own account, and the customers it keeps at Stripe."""

from typing import Any

from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.checkout_rules import check_email
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.listing import matching, page
from bot.sandbox.stripe.members import unset_members

ACCOUNT_ID = "acct_sandbox0000001"
STILL_REQUIRED = ["company.tax_id", "external_account"]


def retrieve(books: Books, _params: Record) -> Record:
    working = books.charges_enabled
    state = "active" if working else "inactive"
    return dict.fromkeys(unset_members("account")) | {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": {"name": books.merchant_name, "url": None},
        "business_type": "company",
        "capabilities": {
            "card_payments": state,
            "link_payments": state,
            "transfers": state,
            "us_bank_account_ach_payments": state,
        },
        "charges_enabled": working,
        "country": "US",
        "created": 1_700_000_000,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@merchant.example",
        "metadata": {},
        "payouts_enabled": working,
        "requirements": _requirements(books),
        "settings": {
            "dashboard": {"display_name": books.merchant_name, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": books.merchant_name.upper()[:22]},
        },
        "type": "standard",
    }


def _requirements(books: Books) -> Record:
    missing: list[str] = [] if books.charges_enabled else list(STILL_REQUIRED)
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": missing,
        "disabled_reason": "requirements.past_due" if missing else None,
        "errors": [],
        "eventually_due": missing,
        "past_due": missing,
        "pending_verification": [],
    }


def retrieve_by_id(books: Books, params: Record, account_id: str) -> Record:
    if account_id != ACCOUNT_ID:
        raise invalid(f"No such account: '{account_id}'", "account", "resource_missing")
    return retrieve(books, params)


def set_charges_enabled(books: Books, *, enabled: bool) -> Record:
    books.charges_enabled = enabled
    account = retrieve(books, {})
    books.emit("account.updated", account)
    return account


def create_customer(books: Books, params: Record) -> Record:
    if params.get("email"):
        check_email(params["email"], "email")
    customer = books.add(
        {
            "id": new_id("cus", 14),
            "object": "customer",
            "balance": 0,
            "created": books.time(),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "invoice_prefix": new_id("x", 8)[2:].upper(),
            "livemode": False,
            "next_invoice_sequence": 1,
            "preferred_locales": params.get("preferred_locales", []),
            "tax_exempt": params.get("tax_exempt", "none"),
            "test_clock": None,
            **_told(params),
        }
    )
    books.emit("customer.created", customer)
    return customer


def _told(params: Record) -> dict[str, Any]:
    names = ("address", "description", "email", "name", "phone", "shipping")
    return {name: params.get(name) or None for name in names} | {
        "metadata": params.get("metadata") or {}
    }


def update_customer(books: Books, params: Record, customer_id: str) -> Record:
    customer = books.get("customer", customer_id, "customer")
    changed = {name: value for name, value in _told(params).items() if name in params}
    if "metadata" in params:
        changed["metadata"] = customer["metadata"] | changed["metadata"]
    customer |= changed
    books.emit("customer.updated", customer)
    return customer


def list_customers(books: Books, params: Record) -> Record:
    return page(matching(books.all("customer"), params, "email"), params, "/v1/customers")


def list_charges(books: Books, params: Record) -> Record:
    found = matching(books.all("charge"), params, "customer", "payment_intent", "transfer_group")
    return page(found, params, "/v1/charges")


def list_intents(books: Books, params: Record) -> Record:
    found = matching(books.all("payment_intent"), params, "customer")
    return page(found, params, "/v1/payment_intents")

"""What no single parameter's type can say: the rules between parameters of a Checkout Session."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.currencies import check_fraction, check_total, known_currency
from bot.sandbox.stripe.errors import ApiError, invalid

MIN_SECONDS, MAX_SECONDS = 30 * 60, 24 * 60 * 60
MAX_LINE_ITEMS, MAX_REFERENCE = 100, 200
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
# What the account's settings make eligible; the bank debit needs dollars.
_ELIGIBLE = ("card", "link", "us_bank_account")


def check_account(books: Books) -> None:
    if not books.charges_enabled:
        raise invalid("Your account cannot currently make charges.", code="account_invalid")


def check_session(books: Books, params: Record) -> None:
    _check_mode(params)
    _check_urls(params)
    _check_expiry(books, params)
    _check_payer(books, params)
    _check_intent(params.get("payment_intent_data", {}))
    reference = params.get("client_reference_id", "")
    if len(reference) > MAX_REFERENCE:
        raise invalid(
            f"Invalid string: {reference[:20]}...; must be at most {MAX_REFERENCE} characters",
            "client_reference_id",
        )


def _check_mode(params: Record) -> None:
    if "mode" not in params:
        raise invalid("Missing required param: mode.", "mode", "parameter_missing")
    if params["mode"] != "payment":
        raise invalid("The sandbox plays mode=payment alone.", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The sandbox plays ui_mode=hosted_page alone.", "ui_mode")


def _check_urls(params: Record) -> None:
    if "success_url" not in params:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        address = urlsplit(params.get(name, "https://unused.example"))
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise invalid("Not a valid URL", name, "url_invalid")


def _check_expiry(books: Books, params: Record) -> None:
    if "expires_at" not in params:
        return
    ahead = params["expires_at"] - books.time()
    if ahead < MIN_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            "expires_at",
        )
    if ahead > MAX_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )


def _check_payer(books: Books, params: Record) -> None:
    one_of(params, "customer", "customer_email")
    if "customer" in params:
        books.get("customer", params["customer"], "customer", status=400)
    if "customer_email" in params:
        check_email(params["customer_email"], "customer_email")


def _check_intent(intent: Record) -> None:
    if "receipt_email" in intent:
        check_email(intent["receipt_email"], "payment_intent_data[receipt_email]")
    suffix = intent.get("statement_descriptor_suffix", "x")
    if not re.search(r"[A-Za-z]", suffix) or re.search(r"[<>\\'\"*]", suffix):
        raise invalid(
            "The statement descriptor suffix must contain at least one letter and none of "
            "<>\\'\"*.",
            "payment_intent_data[statement_descriptor_suffix]",
        )


def check_email(given: str, param: str) -> None:
    if not _EMAIL.match(given):
        raise invalid(f"Invalid email address: {given}", param, "email_invalid")


def one_of(params: Record, *names: str) -> None:
    given = [name for name in names if name in params]
    if len(given) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(given)}.")


def check_line_items(params: Record) -> list[Record]:
    """The line items, checked against each other; amounts are minor units of one currency."""
    items: list[Record] = params.get("line_items", [])
    if not items:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if len(items) > MAX_LINE_ITEMS:
        raise invalid(f"Array line_items exceeded maximum {MAX_LINE_ITEMS} allowed elements.")
    for index, item in enumerate(items):
        _check_item(item, f"line_items[{index}]")
    currencies = {item["price_data"]["currency"] for item in items}
    if len(currencies) > 1:
        raise invalid(
            "All line items must have the same currency. Found: " + ", ".join(sorted(currencies))
        )
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    check_total(total, currencies.pop(), "The Checkout Session's total amount due")
    return items


def _check_item(item: Record, path: str) -> None:
    if "price_data" not in item:
        known = item.get("price")
        if known is not None:
            raise invalid(f"No such price: '{known}'", f"{path}[price]", "resource_missing")
        raise _missing(f"{path}[price_data]")
    if item.get("quantity", 0) < 1:
        if "quantity" not in item:
            raise _missing(f"{path}[quantity]")
        raise invalid("This value must be greater than or equal to 1.", f"{path}[quantity]")
    _check_price(item["price_data"], f"{path}[price_data]")


def _check_price(price: Record, path: str) -> None:
    price["currency"] = known_currency(price["currency"], f"{path}[currency]")
    if "product_data" not in price:
        known = price.get("product")
        if known is not None:
            raise invalid(f"No such product: '{known}'", f"{path}[product]", "resource_missing")
        raise _missing(f"{path}[product_data]")
    if "unit_amount" not in price:
        raise _missing(f"{path}[unit_amount]")
    if price["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", f"{path}[unit_amount]")
    check_fraction(price["unit_amount"], price["currency"], f"{path}[unit_amount]")


def _missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def methods_for(params: Record, currency: str) -> list[str]:
    """What the page will offer; incompatible ones of the allowed are dropped silently."""
    one_of(params, "allowed_payment_method_types", "excluded_payment_method_types")
    eligible = [m for m in _ELIGIBLE if m != "us_bank_account" or currency == "usd"]
    allowed: list[Any] = params.get("allowed_payment_method_types", eligible)
    excluded: list[Any] = params.get("excluded_payment_method_types", [])
    methods = [method for method in eligible if method in allowed and method not in excluded]
    if not methods:
        raise invalid(
            "No valid payment method types for this Checkout Session. Please ensure that you have "
            "activated payment methods compatible with your chosen currency in your dashboard."
        )
    return methods

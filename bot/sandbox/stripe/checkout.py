"""Checkout Sessions: made, listed, expired."""

from bot.sandbox.stripe import checkout_rules as rules
from bot.sandbox.stripe.books import Books, Record, new_id
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.listing import matching, page

DAY = 24 * 60 * 60


def create(books: Books, params: Record) -> Record:
    rules.check_account(books)
    rules.check_session(books, params)
    items = rules.check_line_items(params)
    currency = items[0]["price_data"]["currency"]
    methods = rules.methods_for(params, currency)
    session = _new_session(books, params, currency, methods)
    books.line_items[session["id"]] = [_line_item(books, item, currency) for item in items]
    total = sum(item["amount_total"] for item in books.line_items[session["id"]])
    session |= {"amount_subtotal": total, "amount_total": total}
    books.intent_params[session["id"]] = params.get("payment_intent_data", {})
    books.open_sessions[session["id"]] = session
    return books.add(session)


def _new_session(books: Books, params: Record, currency: str, methods: list[str]) -> Record:
    session_id = new_id("cs_test", 58)
    created = books.time()
    return {
        "id": session_id,
        "object": "checkout.session",
        "created": created,
        "currency": currency,
        "expires_at": params.get("expires_at", created + DAY),
        "livemode": False,
        "mode": "payment",
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": None,
        "payment_method_types": methods,
        "url": f"{books.public_url}/c/pay/{session_id}",
        **_given(params),
        **_constant(),
    }


def _given(params: Record) -> Record:
    """Members that are told back as they were sent."""
    return {
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "customer": params.get("customer"),
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "customer_details": _known_payer(params),
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "payment_method_options": params.get("payment_method_options", {}),
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "ui_mode": params.get("ui_mode", "hosted_page"),
    }


def _known_payer(params: Record) -> Record | None:
    if "customer_email" not in params:
        return None
    return payer_details(params["customer_email"], None)


def payer_details(email: str | None, name: str | None) -> Record:
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _constant() -> Record:
    """Members of features this stand-in does not play, as they look when unused."""
    return {
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": {},
        "discounts": [],
        "payment_method_collection": "if_required",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def _line_item(books: Books, item: Record, currency: str) -> Record:
    amount = item["price_data"]["unit_amount"] * item["quantity"]
    product = item["price_data"]["product_data"]
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": product["name"],
        "discounts": [],
        "metadata": item.get("metadata") or {},
        "price": _price(books, item["price_data"]["unit_amount"], currency),
        "quantity": item["quantity"],
        "taxes": [],
    }


def _price(books: Books, unit_amount: int, currency: str) -> Record:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": books.time(),
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "product": new_id("prod", 14),
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }


def list_all(books: Books, params: Record) -> Record:
    found = matching(
        books.all("checkout.session"),
        params,
        "customer",
        "payment_intent",
        "payment_link",
        "status",
    )
    email = params.get("customer_details", {}).get("email")
    if email:
        found = [s for s in found if (s["customer_details"] or {}).get("email") == email]
    return page(found, params, "/v1/checkout/sessions")


def list_line_items(books: Books, params: Record, session_id: str) -> Record:
    books.get("checkout.session", session_id, "session")
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return page(books.line_items[session_id], params, url)


def expire(books: Books, _params: Record, session_id: str) -> Record:
    session = books.get("checkout.session", session_id, "session")
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Session has '
            f"a status of `{session['status']}`.",
        )
    return close_unpaid(books, session)


def close_unpaid(books: Books, session: Record) -> Record:
    """Expire an open session; an attempt that was declined before is canceled with it."""
    session |= {"status": "expired", "url": None}
    intent = books.find(session["payment_intent"] or "")
    if intent is not None:
        intent |= {
            "status": "canceled",
            "canceled_at": books.time(),
            "cancellation_reason": "automatic",
        }
        books.emit("payment_intent.canceled", intent)
    books.emit("checkout.session.expired", session)
    return session


def expire_overdue(books: Books) -> None:
    """Time does what nobody asked for: sessions whose `expires_at` has come are expired."""
    now = books.now()
    for session in list(books.open_sessions.values()):
        if session["status"] != "open":
            del books.open_sessions[session["id"]]
        elif session["expires_at"] <= now:
            close_unpaid(books, session)

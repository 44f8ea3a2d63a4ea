"""Stripe's side for the page: each checkout with what became of it and what may happen next."""

from typing import Any

from bot.sandbox.page.scene import JSON
from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.currencies import display
from bot.sandbox.stripe.sandbox import StripeSandbox

SHOWN = 50
EVENTS = 30
OPEN_DISPUTES = frozenset(("needs_response", "under_review", "warning_needs_response"))


def gateway(stripe: StripeSandbox) -> JSON:
    books = stripe.books
    with books.lock:
        sessions = books.all("checkout.session")[:SHOWN]
        return {
            "checkouts": [_checkout(books, session) for session in sessions],
            "manner": stripe.sender.mode.manner,
            "seconds": stripe.sender.mode.seconds,
            "held": len(stripe.sender.held),
            "events": _events(stripe),
            "captured": _amounts(stripe.captured()),
            "charges_enabled": books.charges_enabled,
        }


def _amounts(by_currency: dict[str, int]) -> str:
    told = [f"{display(amount, name)} {name.upper()}" for name, amount in by_currency.items()]
    return ", ".join(told) or "nothing yet"


def _events(stripe: StripeSandbox) -> list[JSON]:
    answers: dict[str, list[int | None]] = {}
    for delivery in list(stripe.sender.deliveries):
        answers.setdefault(delivery.event_id, []).append(delivery.status)
    return [
        {
            "id": event["id"],
            "type": event["type"],
            "about": event["data"]["object"]["id"],
            "at": event["created"],
            "answers": answers.get(event["id"], []),
        }
        for event in stripe.events[: -EVENTS - 1 : -1]
    ]


def _checkout(books: Books, session: Record) -> JSON:
    intent = books.find(session["payment_intent"] or "") or {}
    state = _state(session, intent)
    refunds = [r for r in books.all("refund") if r["payment_intent"] == intent.get("id")]
    disputes = [d for d in books.all("dispute") if d["payment_intent"] == intent.get("id")]
    return {
        "id": session["id"],
        "about": _about(books, session),
        "amount": f"{display(session['amount_total'], session['currency'])}",
        "currency": session["currency"].upper(),
        "at": session["created"],
        "state": state,
        "method": _method(session, intent, books),
        "url": session["url"] if session["status"] == "open" else None,
        "acts": _acts(state, session, refunds, disputes),
        "more": [_refund(r) for r in refunds] + [_dispute(d) for d in disputes],
    }


def _about(books: Books, session: Record) -> str:
    items = books.line_items.get(session["id"], [])
    names = ", ".join(str(item.get("description") or "") for item in items)
    described: Any = books.intent_params.get(session["id"], {}).get("description")
    return str(described or names or session["id"])


def _state(session: Record, intent: Record) -> str:
    if session["status"] != "complete":
        return str(session["status"])
    if intent.get("status") == "succeeded":
        return "paid"
    return "processing" if intent.get("status") == "processing" else "failed"


def _method(session: Record, intent: Record, books: Books) -> str:
    charge = books.find(intent.get("latest_charge") or "") or {}
    paid_by = (charge.get("payment_method_details") or {}).get("type")
    kinds = [paid_by] if paid_by else session["payment_method_types"]
    return ", ".join("bank debit" if kind == "us_bank_account" else kind for kind in kinds)


def _acts(state: str, session: Record, refunds: list[Record], disputes: list[Record]) -> list[JSON]:
    """Each: the control's name, the object it is for, and the words on the button."""
    given = session["id"]
    if state == "open":
        return [_act("expire", given, "Expire")]
    if state == "processing":
        return [_act("settle", given, "Settle"), _act("fail", given, "Fail")]
    if state != "paid":
        return []
    back = sum(r["amount"] for r in refunds if r["status"] in {"succeeded", "pending"})
    acts = [_act("refund", given, "Refund")] if back < session["amount_total"] else []
    if not disputes and not back:
        acts.append(_act("dispute", given, "Dispute"))
    return acts


def _act(act: str, given: str, words: str) -> JSON:
    return {"act": act, "id": given, "words": words}


def _refund(refund: Record) -> JSON:
    amount = f"{display(refund['amount'], refund['currency'])} {refund['currency'].upper()}"
    pending = refund["status"] in {"pending", "succeeded"}
    acts = [_act("fail_refund", refund["id"], "Fail refund")] if pending else []
    if refund["status"] == "pending":
        acts.insert(0, _act("settle_refund", refund["id"], "Settle refund"))
    return {"says": f"Refund of {amount}: {refund['status']}", "acts": acts}


def _dispute(dispute: Record) -> JSON:
    reason, status = dispute["reason"].replace("_", " "), dispute["status"].replace("_", " ")
    given, acts = dispute["id"], []
    if dispute["status"] in OPEN_DISPUTES:
        acts = [_act("win_dispute", given, "Win"), _act("lose_dispute", given, "Lose")]
    return {"says": f"Dispute ({reason}): {status}", "acts": acts}

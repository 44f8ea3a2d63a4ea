"""A bulk send in the form in which it is kept and decided on."""

import hashlib
from typing import Any

from commands.bulk_send.looking import Looked, Ready
from commands.bulk_send.order import BulkOrder
from renderers import block_kit
from storage.columns import dump_json
from storage.money import Money

_NAMED = 10  # customers on the request; the review and the CSV have all


def frozen(order: BulkOrder, looked: Looked, policy_sentence: str) -> dict[str, Any]:
    """What an approver decides on: `digest` binds recipients, invoices and balances; plain JSON.

    Not to be made inside a write.
    """
    facts = [
        ["Customer" if looked.customers == 1 else "Customers", _names(looked)],
        ["Invoices", str(looked.invoices)],
        ["Total", totals_text(looked.totals)],
        ["Message", order.message],
        ["PDFs", "attached" if order.attach_pdfs else "not attached"],
        ["Why it asks", policy_sentence],
        ["Left out", _left_out(looked)],
    ]
    return {
        "headline": headline(looked),
        "facts": [[label, text] for label, text in facts if text],
        "bulk_send": order.request_id,
        "attach_pdfs": order.attach_pdfs,
        "digest": _digest(looked),
    }


def headline(looked: Looked) -> str:
    in_all = " in all" if looked.invoices > 1 else ""
    return f"{title(looked.customers, len(looked.ready))}, {totals_text(looked.totals)}{in_all}"


def title(customers: int, mails: int) -> str:
    """Each mail carries a link; a customer gets one mail in each currency."""
    links = "Payment link" if mails == 1 else "Payment links"
    return f"{links} to {'1 customer' if customers == 1 else f'{customers} customers'}"


def totals_text(totals: dict[str, int]) -> str:
    """Such as "USD 9,900.00 and EUR 120.00"."""
    return " and ".join(block_kit.money(Money(minor, cur)) for cur, minor in sorted(totals.items()))


def rows(bulk_send_id: str, looked: Looked) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The plain rows of its mails and of its invoices."""
    mails = [_mail(bulk_send_id, n, ready) for n, ready in enumerate(looked.ready)]
    invoices = [
        {"bulk_send_id": bulk_send_id, "invoice_number": number, "position": n, "balance": minor}
        for n, ready in enumerate(looked.ready)
        for number, minor in ready.asks.items()
    ]
    return mails, invoices


def _mail(bulk_send_id: str, position: int, ready: Ready) -> dict[str, Any]:
    return {
        "bulk_send_id": bulk_send_id,
        "position": position,
        "customer_id": ready.customer.id,
        "currency": ready.wanted.mail.currency,
        "recipients": list(ready.recipients),
        "new_addresses": list(ready.new_addresses),
        "state": "waiting",
        "link_id": None,
        "delivery_id": None,
    }


def _names(looked: Looked) -> str:
    names = list(dict.fromkeys(each.customer.name for each in looked.ready))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _left_out(looked: Looked) -> str:
    said = [f"{d.invoice_number or d.customer_name}: {d.reason}" for d in looked.dropped[:_NAMED]]
    more = len(looked.dropped) - _NAMED
    return " ".join(said) + (f" … and {more} more" if more > 0 else "")


def _digest(looked: Looked) -> str:
    exact = [
        [r.customer.id, r.wanted.mail.currency, list(r.recipients), dict(r.asks)]
        for r in looked.ready
    ]
    return hashlib.sha256(dump_json({"mails": exact}).encode()).hexdigest()

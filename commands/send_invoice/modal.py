"""The form that sends an invoice, or an order's documents, and its parser beside it.

Email Docs is this form with one field more on top: which documents are to go.
"""

import json
from typing import cast

from commands import freshness
from commands import view_parts as parts
from commands.payment_link.service import LinkStatus
from commands.send_invoice import fields
from commands.send_invoice.draft import Draft, DraftInvoice, DraftOrder, Earlier
from commands.send_invoice.service import DocumentKind, SendInvoice, Sent
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention

SEND = "pay.send_invoice.submit"
PREVIEW = "pay.url.preview"
PREVIEW_ORDER = "pay.url.preview_order"


def form(draft: Draft) -> View:
    blocks = [
        _facts(draft),
        *(parts.context(_mailed_before(earlier)) for earlier in draft.earlier),
        *([_documents(draft)] if draft.order else []),
        *fields.blocks(draft.contacts, draft.no_link_reason),
        *([parts.context(_LINK_IS_THE_INVOICES)] if draft.order and draft.invoice else []),
        parts.actions("preview", *_previews(draft)),
        *freshness.blocks(draft.imported_at),
    ]
    kept = {"draft": draft.id, "invoice": draft.invoice.number if draft.invoice else ""}
    kept |= {"in": draft.typed_in, "order": draft.order.number if draft.order else ""}
    metadata = json.dumps(kept)
    return parts.form(_title(draft), blocks, callback_id=SEND, submit="Send", metadata=metadata)


def parse(view: View) -> SendInvoice:
    """Raises `InvalidInput` with every bad address named, under the block it stands in."""
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    filled = fields.parse(values)
    chosen = fields.ticked(values, "documents") if kept.get("order") else ["invoice"]
    return SendInvoice(
        draft_id=kept["draft"],
        invoice_number=kept["invoice"],
        recipients=filled.recipients,
        with_link=filled.with_link,
        message=filled.message,
        copy_me=filled.copy_me,
        typed_in=kept["in"],
        documents=cast("tuple[DocumentKind, ...]", tuple(chosen)),
        order_number=kept.get("order", ""),
    )


def said(sent: Sent) -> tuple[str, str]:
    """What goes, and the same mailed before: for `commands.on_its_way`."""
    names = " and ".join(f"*{escape(name)}*" for name in sent.documents)
    goes, was = ("go", "were") if len(sent.documents) > 1 else ("goes", "was")
    return f"{names} {goes}", f"{names} {was} mailed already"


_LINK_IS_THE_INVOICES = "The Payment Link goes with the invoice only."


_LINK_STATES: dict[LinkStatus | None, str] = {
    None: "none yet",
    "active": "active",
    "paid": "paid",
    "off": "turned off",
    "replaced": "replaced",
}


def _title(draft: Draft) -> str:
    if draft.order:
        return "Email Docs"
    is_memo = draft.invoice is not None and draft.invoice.is_credit_memo
    return "Send credit memo" if is_memo else "Send invoice"


def _facts(draft: Draft) -> Block:
    customer = f"*Customer*\n{escape(draft.customer_name)}"
    invoice, order = draft.invoice, draft.order
    first = [f"*Order*\n{escape(order.number)}"] if order else []
    if invoice is None:
        return parts.facts(*first, customer, "*Invoice*\nNo invoice yet")
    asked = (  # of a customer, by an invoice
        f"*Due*\n{block_kit.day(invoice.due_date)}",
        f"*Link state*\n{_LINK_STATES[invoice.link_state]}",
    )
    return parts.facts(
        *first,
        f"*{_kind(invoice)}*\n{escape(invoice.number)}",
        customer,
        f"*Balance*\n{block_kit.money(invoice.balance)}",
        *(() if invoice.is_credit_memo else asked),
    )


def _documents(draft: Draft) -> Block:
    """What can go; ticked is what is most likely meant."""
    confirmation = parts.option("Order confirmation", "order_confirmation")
    options, ticked = [confirmation], [confirmation]
    if draft.invoice:
        invoice = parts.option(f"{_kind(draft.invoice)} {draft.invoice.number}", "invoice")
        options, ticked = [invoice, confirmation], [invoice]
    boxes = parts.ticks("documents", options, ticked)
    return parts.field("documents", "Documents", boxes, optional=False)


def _previews(draft: Draft) -> list[Block]:
    found: list[tuple[DraftInvoice | DraftOrder | None, str, str]] = [
        (draft.invoice, "Preview invoice", PREVIEW),
        (draft.order, "Preview order confirmation", PREVIEW_ORDER),
    ]
    shown = [(label, action, each.preview_url) for each, label, action in found if each]
    return [
        parts.button(label if draft.order else "Preview PDF", action, url=url)
        for label, action, url in shown
    ]


def _kind(invoice: DraftInvoice) -> str:
    return "Credit memo" if invoice.is_credit_memo else "Invoice"


def _mailed_before(earlier: Earlier) -> str:
    by = "" if earlier.by.startswith("system") else f" by {mention(earlier.by)}"
    return (
        f":warning: This {earlier.document} was mailed within the last 24 hours{by},"
        f" {local_time(earlier.at)}."
    )

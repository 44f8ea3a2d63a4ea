"""What the Order Summary and an order's own view both show of an order."""

import json

from commands import view_parts as parts
from commands.order_summary.standing import Standing
from commands.orders import issue_modal
from commands.send_invoice import finding
from commands.view_parts import Block
from renderers import block_kit, formats
from renderers.mrkdwn import escape
from storage.orders import Order

EMAIL_DOCS = "pay.order.email_docs"
DETAILS = "pay.order.details"


def email_docs_button(order_number: str, typed_in: str, invoice_number: str = "") -> Block:
    """`invoice_number` "": the invoice that the order has when the button is pressed."""
    value = json.dumps([order_number, invoice_number, typed_in])
    return _named(parts.button("Email Docs", EMAIL_DOCS, value=value), order_number)


def details_button(order_number: str, typed_in: str) -> Block:
    value = json.dumps([order_number, "", typed_in])
    return _named(parts.button("Details", DETAILS, value=value), order_number)


def issue_button(order_number: str) -> Block:
    button = parts.button("Issue invoice and send", issue_modal.ISSUE, value=order_number)
    return _named(button, order_number)


def facts_line(order: Order) -> str:
    """Date, PO and status, as mrkdwn."""
    po_number = escape(formats.po_number(order.po_number), 60) if order.po_number else ""
    known = (block_kit.day(order.order_date), po_number, escape(order.status, 60))
    return " · ".join(word for word in known if word)


def invoice_line(standing: Standing) -> str:
    """Number, balance, due date and link state of an invoice, as mrkdwn."""
    invoice = standing.invoice
    known = (escape(invoice.number, 60), finding.standing(invoice), _link(standing))
    return " · ".join(word for word in known if word)


def _link(standing: Standing) -> str:
    """Empty where nobody will ever pay with one."""
    if standing.link != "none":
        return f"link {standing.link}"
    invoice = standing.invoice
    return "" if invoice.lifecycle == "void" or invoice.is_credit_memo else "no link yet"


def _named(button: Block, order_number: str) -> Block:
    """Several on one screen look the same: a screen reader hears which is which."""
    label = parts.clip(f"{button['text']['text']}: {order_number}", 75)
    return button | {"accessibility_label": label}

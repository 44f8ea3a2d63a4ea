"""An order's own view: facts, lines, invoices with their links, and what was mailed."""

from collections.abc import Iterator

from commands import view_parts as parts
from commands.order_summary.blocks import (
    email_docs_button,
    invoice_line,
    issue_button,
)
from commands.order_summary.history import Mailed, OrderHistory
from commands.orders import summary_blocks
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from storage.deliveries import DeliveryStatus
from storage.orders import Order

_SHOWN_LINES = 20
_SHOWN_INVOICES = 10
_SHOWN_ADDRESSES = 5
_DONE: dict[DeliveryStatus, str] = {
    "queued": ":hourglass_flowing_sand: to be sent",
    "sending": ":hourglass_flowing_sand: being sent",
    "sent": ":incoming_envelope: sent",
    "failed": ":x: not sent",
    "unknown": ":grey_question: perhaps sent",
    "cancelled": ":leftwards_arrow_with_hook: undone",
}


def view(history: OrderHistory, typed_in: str) -> View:
    blocks = [
        _facts(history),
        *_notes(history.order),
        *_lines(history),
        *_invoices(history, typed_in),
        parts.section("*History*"),
        *(parts.context(_mailed(each)) for each in history.mails),
        *_beginning(history),
    ]
    return parts.modal("Order", blocks)


def _facts(history: OrderHistory) -> Block:
    order, total = history.order, history.order.amount
    known = (
        ("Order", escape(order.number)),
        ("Customer", escape(history.customer_name)),
        ("Ordered", block_kit.day(order.order_date)),
        ("Ships", block_kit.day(order.ship_date) if order.ship_date else ""),
        ("PO", escape(order.po_number)),
        ("Status", escape(order.status)),
        ("Total", block_kit.money(total) if total is not None else ""),
    )
    return parts.facts(*(f"*{label}*\n{value}" for label, value in known if value))


def _notes(order: Order) -> list[Block]:
    return [parts.section(escape(order.notes, 1000))] if order.notes else []


def _lines(history: OrderHistory) -> list[Block]:
    lines, currency = history.lines, history.order.currency
    return summary_blocks.blocks(lines, currency, most=_SHOWN_LINES) if lines else []


def _invoices(history: OrderHistory, typed_in: str) -> Iterator[Block]:
    """Each with its Email Docs; the order's own when there is none to go with it."""
    number = history.order.number
    sendable = [each for each in history.invoices if each.invoice.lifecycle != "void"]
    for position, each in enumerate(history.invoices[:_SHOWN_INVOICES]):
        block = parts.section(invoice_line(each), block_id=f"invoice.{position}")
        if each in sendable:
            block |= {"accessory": email_docs_button(number, typed_in, each.invoice.number)}
        yield block
    if sendable:
        return
    yield parts.section(f"No invoice {'that can be sent' if history.invoices else 'yet'}")
    if history.why_no_issue:
        yield parts.context(escape(history.why_no_issue, 300))
    issue = [] if history.why_no_issue else [issue_button(number)]
    yield parts.actions("order", email_docs_button(number, typed_in), *issue)


def _mailed(mailed: Mailed) -> str:
    """What was sent by whom, when and to whom."""
    mail = mailed.mail
    order = "order confirmation" if mail.order_number else ""
    names = (escape(mail.invoice_number or "", 60), order)
    what = " and ".join(name for name in names if name)
    by_itself = mail.created_by.startswith("system")
    by = " automatically" if by_itself else f" by {mention(mail.created_by)}"
    when = local_time(mail.finished_at or mail.not_before)
    return f"{_DONE[mail.status]}{by} {when}: {what} to {_addresses(mailed.addresses)}"


def _addresses(addresses: tuple[str, ...]) -> str:
    shown = ", ".join(escape(address, 120) for address in addresses[:_SHOWN_ADDRESSES])
    more = len(addresses) - _SHOWN_ADDRESSES
    return f"{shown} and {more} more" if more > 0 else shown


def _beginning(history: OrderHistory) -> list[Block]:
    order = history.order
    if history.has_older:
        return [parts.context("Older mails are not shown here.")]
    if order.created_by and order.created_at:
        taken = f":memo: taken by {mention(order.created_by)} {local_time(order.created_at)}"
        return [parts.context(taken)]
    return [] if history.mails else [parts.context("Nothing was mailed yet.")]

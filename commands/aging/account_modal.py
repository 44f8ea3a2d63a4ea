"""A customer's open invoices, on top of Aging / Statements."""

import json

from commands import view_parts as parts
from commands.aging import modal, words
from commands.aging.account import PAGE, OpenAccount, OpenInvoice
from commands.view_parts import Block, View
from renderers import block_kit, formats
from renderers.mrkdwn import escape
from storage.money import Money

TURN = "pay.aging.account."  # and "previous" or "next"


def view(account: OpenAccount) -> View:
    balance = account.balance
    head = [words.customer(balance.name, balance.customer_id), *modal.standing(balance)]
    blocks = [
        parts.section("\n".join(head)),
        modal.row_buttons("statement", balance, account.typed_in, modal.STATEMENT),
        *(parts.section(_line(row)) for row in account.rows),
        *_pages(account),
    ]
    return parts.modal("Open Invoices", blocks, close="Back")


def _line(row: OpenInvoice) -> str:
    invoice = row.invoice
    total = Money(invoice.total, invoice.currency)
    of = "" if total == invoice.balance else f" of {block_kit.money(total)}"
    po_number = escape(formats.po_number(invoice.po_number), 60) if invoice.po_number else ""
    known = (
        f"*{escape(invoice.number, 60)}*",
        f"{block_kit.money(invoice.balance)}{of}",
        f"due {block_kit.day(invoice.due_date)}{_late(row.late)}",
        po_number,
        f"{words.amount(row.pending, invoice.currency)} on its way" if row.pending else "",
        "in dispute" if row.is_disputed else "",
    )
    return " · ".join(word for word in known if word)


def _late(days: int) -> str:
    if days <= 0:
        return ""
    return f", {days:,} day{'' if days == 1 else 's'} late"


def _pages(account: OpenAccount) -> list[Block]:
    page, last, own = account.page, account.last_page, account.balance
    if not last:
        return []
    steps = [("Previous", page - 1)] if page else []
    steps += [("Next", page + 1)] if page < last else []
    whose = (own.customer_id, own.currency, account.typed_in)
    first = page * PAGE + 1
    shown = f"{first:,}–{first + len(account.rows) - 1:,} of {own.sums.invoices:,}"
    buttons = (
        parts.button(text, f"{TURN}{text.lower()}", value=json.dumps([*whose, to]))
        for text, to in steps
    )
    return [parts.context(shown), parts.actions("pages", *buttons)]

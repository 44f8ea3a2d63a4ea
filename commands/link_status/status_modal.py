"""How an invoice and its link stand, as a modal; and the link for a customer at the counter."""

from commands import view_parts as parts
from commands.link_status.counter import ShownLink
from commands.link_status.status import InvoiceStatus, Mailed, Paid
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_card import recipient_text

FORM = "status"  # among the fields for an invoice
SHOW_LINK = "pay.status.show_link"
OPEN = "pay.url.counter"
TITLE = "Invoice status"
_SHOWN, _SHOWN_RECIPIENTS = 10, 5
_OF_A_MEMO = {"partly_paid": "partly used", "paid": "used up"}
_MAILS = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "sent": "sent",
    "failed": "not sent",
    "unknown": "may have arrived",
    "cancelled": "undone or stopped",
}


def view(status: InvoiceStatus, *, may_show: bool) -> View:
    """`may_show`: this person may see the link itself."""
    blocks = [_facts(status), *_paid(status), *_under_way(status)]
    if may_show and status.link_id:
        button = parts.button("Show link", SHOW_LINK, value=status.link_id)
        blocks.append(parts.actions("link", button))
    return parts.modal(TITLE, [*blocks, {"type": "divider"}, *_mails(status)])


def link_view(shown: ShownLink) -> View:
    numbers = ", ".join(escape(number, 60) for number in shown.invoice_numbers[:_SHOWN])
    said = "Whoever has this address can pay with it: show it only to the customer."
    blocks = [
        parts.section(f"*Payment Link for {numbers}*\n{escape(shown.pay_url, 500)}"),
        parts.actions("qr", parts.button("Open QR code", OPEN, url=shown.counter_url)),
        parts.context(f"{said} The page with the QR code opens for ten minutes."),
    ]
    return parts.modal("Payment Link", blocks)


def _facts(status: InvoiceStatus) -> Block:
    asked = (f"*Due*\n{block_kit.day(status.due_date)}", f"*Payment Link*\n{status.link_state}")
    state = _OF_A_MEMO.get(status.status) if status.is_credit_memo else None
    return parts.facts(
        f"*{'Credit memo' if status.is_credit_memo else 'Invoice'}*\n{escape(status.number)}",
        f"*Customer*\n{escape(status.customer_name)}",
        f"*State*\n{state or status.status.replace('_', ' ')}",
        f"*Total*\n{block_kit.money(status.total)}",
        f"*Balance*\n{block_kit.money(status.balance)}",
        *(() if status.is_credit_memo else asked),
    )


def _paid(status: InvoiceStatus) -> list[Block]:
    lines = [_part(one) for one in status.paid[:_SHOWN]]
    more = len(status.paid) - len(lines)
    lines += [f"and {more} more"] if more else []
    return [parts.section("\n".join(lines))] if lines else []


def _part(one: Paid) -> str:
    when = f", {block_kit.day(one.on)}" if one.on else ""
    how = f"{escape(one.how, 60)}{when}"
    return f"• {block_kit.money(one.amount)}: {how} ({escape(one.source, 60)})"


def _under_way(status: InvoiceStatus) -> list[Block]:
    said = []
    if status.disputed:
        said.append(
            ":rotating_light: A payment of it is in dispute: nothing is asked for meanwhile"
        )
    if status.pending:
        by = f", expected by {block_kit.day(status.expected_by)}" if status.expected_by else ""
        said.append(f":bank: {block_kit.money(status.pending)} by bank debit is under way{by}")
    if status.checkouts:
        said.append(":hourglass_flowing_sand: A payment was begun on Stripe's page")
    return [parts.section("\n".join(said))] if said else []


def _mails(status: InvoiceStatus) -> list[Block]:
    if not status.mailed:
        return [parts.context("It was not mailed yet.")]
    return [parts.section(_mail(one)) for one in status.mailed]


def _mail(one: Mailed) -> str:
    by = "by itself" if one.by.startswith("system") else f"by {mention(one.by)}"
    link = "with" if one.had_link else "without"
    head = f"*{_MAILS[one.status]}* {local_time(one.at)} {by}, {link} Payment Link"
    shown = [recipient_text(each) for each in one.recipients[:_SHOWN_RECIPIENTS]]
    more = len(one.recipients) - len(shown)
    return "\n".join([head, *shown, *([f"and {more} more"] if more else [])])

"""Slack messages as Block Kit: the sender's card, confirmations for channels, notices.

Every value passes `mrkdwn.escape`. Amounts and dates are in the company's language; times of day
are shown in each reader's own zone.
"""

from collections.abc import Iterator
from datetime import date

from renderers import formats
from renderers.documents import (
    CardRecipient,
    CardState,
    InvoiceCard,
    PaymentConfirmation,
    ReceiptLine,
    SlackContent,
)
from renderers.mrkdwn import escape, local_time, mention
from storage.money import Money

__all__ = ["escape", "invoice_card", "notice", "payment_confirmation", "thread_note"]

Block = dict[str, object]

_SECTION_LIMIT = 3000
_SHOWN_RECIPIENTS = 10
_SHOWN_INVOICES = 10
_ERROR_LIMIT = 300

_OUTCOMES = {
    "pending": "",
    "sent": " :white_check_mark: accepted",
    "refused": " :x: refused",
    "unknown": " :grey_question: not known whether it arrived",
}


def invoice_card(card: InvoiceCard) -> SlackContent:
    """The card about one mail; without addresses and buttons when it is shared in a channel."""
    state = _state(card)
    heading = f"{card.title} {escape(card.invoice_number)} for {escape(card.customer_name)}"
    blocks = [_section(f"*{heading}*\n{state}"), _facts(card)]
    blocks += [_section(text) for text in _recipients(card)]
    blocks += [_context(text) for text in _remarks(card)]
    buttons = [] if card.shared else list(_buttons(card))
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    return SlackContent(f"{heading}, {_money(card.total)}. {state}", blocks)


def payment_confirmation(confirmation: PaymentConfirmation) -> SlackContent:
    """What a channel is told; it mentions those who sent the links."""
    heading = _payment_heading(confirmation)
    blocks = [_section(f"{_emoji(confirmation)} *{heading}*{_for_invoices(confirmation)}")]
    details = [*_payment_details(confirmation)]
    if details:
        blocks.append(_section("\n".join(details)))
    sent_by = ", ".join(mention(user_id) for user_id in confirmation.sender_ids)
    reference = f"Reference {escape(confirmation.payment_id)}"
    blocks.append(_context(f"{reference} · link sent by {sent_by}" if sent_by else reference))
    return SlackContent(f"{heading}{_for_invoices(confirmation)}", blocks)


def thread_note(confirmation: PaymentConfirmation) -> SlackContent:
    """The same news under the sender's card, without mentioning anybody again."""
    heading = f"{_payment_heading(confirmation)}{_for_invoices(confirmation)}"
    details = "\n".join([*_payment_details(confirmation)])
    text = f"{_emoji(confirmation)} {heading}"
    return SlackContent(heading, [_section(f"{text}\n{details}" if details else text)])


def notice(text: str) -> SlackContent:
    """One plain sentence; `text` is escaped."""
    shown = escape(text, _SECTION_LIMIT // 5)  # one character can take five: "&amp;"
    return SlackContent(shown, [_section(shown)])


# -- the card -----------------------------------------------------------------------------------


def _state(card: InvoiceCard) -> str:
    simple: dict[CardState, str] = {
        "sending": ":hourglass_flowing_sand: Being sent",
        "undone": ":leftwards_arrow_with_hook: Undone, nothing was sent",
        "unknown": ":grey_question: It may have arrived: the mail server's answer was lost."
        " Please ask the customer before sending again",
        "paid": ":white_check_mark: Paid",
        "link_off": ":no_entry: The payment link is turned off",
    }
    match card.state:
        case "held":
            when = f", goes out {local_time(card.leaves_at)}" if card.leaves_at else ""
            return f":hourglass_flowing_sand: Held{when}"
        case "sent":
            when = f" {local_time(card.mailed_at)}" if card.mailed_at else ""
            return f":incoming_envelope: Sent{when}"
        case "failed":
            why = f": {escape(card.error, _ERROR_LIMIT)}" if card.error else ""
            return f":x: Not sent{why}"
        case "processing":
            by = f", expected by {_day(card.expected_by)}" if card.expected_by else ""
            return f":bank: Payment processing{by}"
        case "partly_paid":
            return f":large_yellow_circle: Partly paid, {_money(card.balance)} still due"
        case _:
            return simple[card.state]


def _facts(card: InvoiceCard) -> Block:
    fields = [f"*Total*\n{_money(card.total)}"]
    if card.balance != card.total:
        fields.append(f"*Balance*\n{_money(card.balance)}")
    if card.title != "Credit memo":
        fields.append(f"*Due*\n{_day(card.due_date)}")
        fields.append(f"*Payment Link*\n{_link_state(card)}")
    return {"type": "section", "fields": [_mrkdwn(field) for field in fields]}


def _link_state(card: InvoiceCard) -> str:
    if card.state == "link_off":
        return "turned off"
    if card.has_link:
        return "included"
    return f"none: {escape(card.no_link_reason)}" if card.no_link_reason else "none"


def _recipients(card: InvoiceCard) -> Iterator[str]:
    """One text of the addresses; in a channel only how many there are."""
    count = len(card.recipients)
    if card.shared:
        return
    shown = [_recipient(recipient, card) for recipient in card.recipients[:_SHOWN_RECIPIENTS]]
    if count > _SHOWN_RECIPIENTS:
        shown.append(f"and {count - _SHOWN_RECIPIENTS} more")
    if shown:
        yield "*To*\n" + "\n".join(shown)


def _recipient(recipient: CardRecipient, card: InvoiceCard) -> str:
    text = escape(recipient.address, 120) + _OUTCOMES[recipient.outcome]
    if recipient.reply and recipient.outcome in {"refused", "unknown"}:
        text += f": {escape(recipient.reply, 100)}"
    if recipient.is_new:
        text += f"\n:warning: new address for {escape(card.customer_name, 60)}"
    return text


def _remarks(card: InvoiceCard) -> Iterator[str]:
    if card.mailed_before and card.state in {"held", "sending", "sent"}:
        yield f":warning: The same invoice was also mailed {local_time(card.mailed_before)}"
    yield f"Sent by {mention(card.sender_id)}"


def _buttons(card: InvoiceCard) -> Iterator[Block]:
    if card.state == "held":
        yield _button("Undo", "pay.card.undo", card)
    if card.state not in {"undone", "failed"}:
        yield _button("Post here", "pay.card.post_here", card)
    if card.can_turn_off:
        yield _button("Turn off link", "pay.card.turn_off_link", card) | {
            "style": "danger",
            "confirm": _turn_off_confirmation(card),
        }


def _button(label: str, action_id: str, card: InvoiceCard) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": _plain(label),
        "value": str(card.delivery_id),
        "accessibility_label": f"{label}: {card.invoice_number}"[:75],
    }


def _turn_off_confirmation(card: InvoiceCard) -> Block:
    return {
        "title": _plain("Turn off link?"),
        "text": _plain(
            "The customer can no longer pay with it. The invoice itself stays as it is."
        ),
        "confirm": _plain("Turn off link"),
        "deny": _plain("Keep it"),
        "style": "danger",
    }


# -- payments -----------------------------------------------------------------------------------


def _emoji(confirmation: PaymentConfirmation) -> str:
    return {"paid": ":white_check_mark:", "processing": ":bank:", "failed": ":x:"}[
        confirmation.event
    ]


def _payment_heading(confirmation: PaymentConfirmation) -> str:
    who, amount = escape(confirmation.customer_name), _money(confirmation.amount)
    match confirmation.event:
        case "paid":
            return f"{who} paid {amount}"
        case "processing":
            return f"{who} started a payment of {amount}"
        case "failed":
            return f"A payment of {amount} by {who} failed"


def _for_invoices(confirmation: PaymentConfirmation) -> str:
    numbers = [escape(line.invoice_number, 60) for line in confirmation.lines]
    if not numbers:
        return ""
    more = len(numbers) - _SHOWN_INVOICES
    shown = ", ".join(numbers[:_SHOWN_INVOICES])
    return f" for {shown} and {more} more" if more > 0 else f" for {shown}"


def _payment_details(confirmation: PaymentConfirmation) -> Iterator[str]:
    method = f"with {escape(confirmation.method, 100)}" if confirmation.method else ""
    match confirmation.event:
        case "paid":
            yield from _paid_details(confirmation, method)
        case "processing":
            by = f"expected by {_day(confirmation.expected_by)}" if confirmation.expected_by else ""
            parts = (part for part in ("Processing", method, by) if part)
            yield ", ".join(parts) + ". It is not paid until the bank confirms it."
        case "failed":
            why = escape(confirmation.failure, _ERROR_LIMIT) or "the bank gave no reason"
            yield f"Why: {why}. The balance is open again."


def _paid_details(confirmation: PaymentConfirmation, method: str) -> Iterator[str]:
    if method:
        yield f"Paid {method}"
    for line in confirmation.lines[:_SHOWN_INVOICES]:
        yield _applied(line)
    if confirmation.unapplied:
        yield f":warning: {_money(confirmation.unapplied)} is more than was due: kept as credit"


def _applied(line: ReceiptLine) -> str:
    rest = f"{_money(line.remaining)} remains" if line.remaining else "nothing remains"
    return f"{escape(line.invoice_number, 60)}: {_money(line.applied)} applied, {rest}"


# -- Block Kit ----------------------------------------------------------------------------------


def _money(amount: Money) -> str:
    return formats.money(amount, formats.DEFAULT_LOCALE)


def _day(value: date) -> str:
    return formats.day(value, formats.DEFAULT_LOCALE)


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}  # no links made of what looks so


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}

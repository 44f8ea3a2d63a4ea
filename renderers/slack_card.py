"""The card in the sender's direct message, and its copy in a channel."""

from collections.abc import Iterator

from renderers.block_kit import Block, context, day, money, mrkdwn_text, plain_text, section
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_values import CardAmounts, CardRecipient, CardState, MailCard, SlackContent

# The action ids of its buttons; `commands.link_status` answers them.
UNDO = "pay.card.undo"
RETRY = "pay.card.retry"
SHOW_SENT = "pay.card.show_sent"
POST_HERE = "pay.card.post_here"
TURN_OFF = "pay.card.turn_off_link"

_SHOWN_RECIPIENTS = 8
_ERROR_LIMIT = 300

_OUTCOMES = {
    "pending": "",
    "sent": " :white_check_mark: accepted",
    "refused": " :x: refused",
    "unknown": " :grey_question: not known whether it arrived",
}
_STATES: dict[CardState, str] = {
    "sending": ":hourglass_flowing_sand: Being sent",
    "undone": ":leftwards_arrow_with_hook: Undone, nothing was sent",
    "unknown": (
        ":grey_question: It may have arrived: the mail server's answer was lost."
        " Please ask the customer before sending again"
    ),
    "paid": ":white_check_mark: Paid",
    "partly_paid": ":large_yellow_circle: Partly paid",
    "refunded": ":leftwards_arrow_with_hook: Refunded",
    "partly_refunded": ":leftwards_arrow_with_hook: Partly refunded",
    "link_off": ":no_entry: The payment link is turned off",
    "disputed": ":rotating_light: Disputed, nothing can be paid with the link meanwhile",
    "void": ":no_entry_sign: Void: nothing is to be paid for it",
    "written_off": ":no_entry_sign: Written off: nothing is to be paid for it",
    "stopped": ":no_entry_sign: Not sent: the invoice was voided or written off before it left",
}


def mail_card(card: MailCard) -> SlackContent:
    """The card about one mail; without addresses and buttons when it is shared in a channel."""
    state = _state(card)
    heading = f"{card.title} {escape(card.number, 60)} for {escape(card.customer_name)}"
    blocks = [section(f"*{heading}*\n{state}")]
    blocks += [_facts(card, card.amounts)] if card.amounts else []
    blocks += [section(text) for text in _recipients(card)]
    blocks += [context(text) for text in _remarks(card)]
    buttons = [] if card.shared else list(_buttons(card))
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    total = f", {money(card.amounts.total)}" if card.amounts else ""
    return SlackContent(f"{heading}{total}. {state}", blocks)


def _state(card: MailCard) -> str:
    match card.state:
        case "held":
            when = f", goes out {local_time(card.leaves_at)}" if card.leaves_at else ""
            return f":hourglass_flowing_sand: Held{when}"
        case "sent":
            when = f" {local_time(card.mailed_at)}" if card.mailed_at else ""
            return f":incoming_envelope: Sent{when}"
        case "failed":
            why = f": {escape(card.error, _ERROR_LIMIT)}" if card.error and not card.shared else ""
            return f":x: Not sent{why}"
        case "processing":
            by = f", expected by {day(card.expected_by)}" if card.expected_by else ""
            return f":bank: Payment processing{by}"
        case "partly_paid" | "refunded" | "partly_refunded":
            rest = f", {money(card.amounts.balance)} still due" if card.amounts else ""
            return f"{_STATES[card.state]}{rest}"
        case _:
            return _STATES[card.state]


def _facts(card: MailCard, amounts: CardAmounts) -> Block:
    fields = [f"*{amounts.total_label}*\n{money(amounts.total)}"]
    if amounts.balance != amounts.total:
        fields.append(f"*{amounts.balance_label}*\n{money(amounts.balance)}")
    if amounts.refunded:
        fields.append(f"*Refunded*\n{money(amounts.refunded)}")
    if card.title != "Credit memo":
        fields += [f"*Due*\n{day(amounts.due_date)}"] if amounts.due_date else []
        # An undone mail gave nobody a link, and one made for it alone is off by then.
        sent = card.state != "undone"
        fields += [f"*Payment Link*\n{_link_state(card)}"] if sent else []
    return {"type": "section", "fields": [mrkdwn_text(field) for field in fields]}


def _link_state(card: MailCard) -> str:
    if card.state == "link_off":
        return "turned off"
    if card.has_link:
        return "included"
    return f"none: {escape(card.no_link_reason)}" if card.no_link_reason else "none"


def _recipients(card: MailCard) -> Iterator[str]:
    """One text of the addresses; in a channel only how many there are."""
    count = len(card.recipients)
    if card.shared:
        return
    shown = [_recipient(recipient, card) for recipient in card.recipients[:_SHOWN_RECIPIENTS]]
    if count > _SHOWN_RECIPIENTS:
        shown.append(f"and {count - _SHOWN_RECIPIENTS} more")
    if shown:
        yield "*To*\n" + "\n".join(shown)


def recipient_text(recipient: CardRecipient, limit: int = 120) -> str:
    """An address, of at most `limit` characters, and what became of it, as mrkdwn."""
    text = escape(recipient.address, limit) + _OUTCOMES[recipient.outcome]
    if recipient.reply and recipient.outcome in {"refused", "unknown"}:
        text += f": {escape(recipient.reply, 100)}"
    return text


def _recipient(recipient: CardRecipient, card: MailCard) -> str:
    text = recipient_text(recipient)
    if recipient.is_new:
        text += f"\n:warning: new address for {escape(card.customer_name, 60)}"
    return text


def _remarks(card: MailCard) -> Iterator[str]:
    if card.with_order:
        yield f"With the confirmation of order {escape(card.with_order, 60)}"
    if card.mailed_before and not card.shared and card.state in {"held", "sending", "sent"}:
        same = "One of these documents" if card.with_order else f"The same {card.title.lower()}"
        yield f":warning: {same} was also mailed {local_time(card.mailed_before)}"
    yield f"Sent by {mention(card.sender_id)}"


def _buttons(card: MailCard) -> Iterator[Block]:
    if card.state == "held":
        yield _button("Undo", UNDO, card)
    if card.can_retry:
        yield _retry_button(card)
    if card.can_show_sent:
        yield _button("Show what was sent", SHOW_SENT, card)
    if card.state not in {"undone", "failed", "stopped"}:
        yield _button("Post here", POST_HERE, card)
    if card.can_turn_off:
        yield _button("Turn off link", TURN_OFF, card) | {
            "style": "danger",
            "confirm": _turn_off_confirmation(),
        }


def _retry_button(card: MailCard) -> Block:
    button = _button("Retry", RETRY, card)
    return button | ({"confirm": _second_copy()} if card.may_arrive_twice else {})


def _button(label: str, action_id: str, card: MailCard) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(label),
        "value": str(card.delivery_id),
        "accessibility_label": f"{label}: {escape(card.number, 50)}",
    }


def _second_copy() -> Block:
    return {
        "title": plain_text("Send it again?"),
        "text": plain_text(
            "It may have arrived already: then a second copy arrives, with the same Message-ID."
            " Please ask the customer first."
        ),
        "confirm": plain_text("Send again"),
        "deny": plain_text("Leave it"),
    }


def _turn_off_confirmation() -> Block:
    return {
        "title": plain_text("Turn off link?"),
        "text": plain_text("The customer can no longer pay with it. What is owed stays as it is."),
        "confirm": plain_text("Turn off link"),
        "deny": plain_text("Keep it"),
        "style": "danger",
    }

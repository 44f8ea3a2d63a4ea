"""What channels and senders are told about a payment."""

from collections.abc import Iterator

from renderers.block_kit import Block, context, day, money, plain_text, section
from renderers.documents import CreditLine, ReceiptLine
from renderers.mrkdwn import escape, mention
from renderers.slack_values import ExcessNotice, PaymentConfirmation, PaymentEvent, SlackContent

# The action ids of the buttons: `commands.record_payment`, `commands.apply_credit` and whoever
# refunds answer them; the value is the payment's id.
REVERSE = "pay.record.reverse"
APPLY = "pay.credit.apply"
KEEP = "pay.credit.keep"
REFUND = "pay.refund.open"

_SHOWN_INVOICES = 10
_FAILURE_LIMIT = 300
_NOTICE_LIMIT = 2900  # of the 3,000 characters a section may have
_EMOJI: dict[PaymentEvent, str] = {
    "paid": ":white_check_mark:",
    "credited": ":white_check_mark:",
    "processing": ":bank:",
    "failed": ":x:",
    "reversed": ":leftwards_arrow_with_hook:",
}


def payment_confirmation(confirmation: PaymentConfirmation) -> SlackContent:
    """What a channel is told; it mentions those who sent the links."""
    heading = _payment_heading(confirmation)
    blocks = [section(f"{_emoji(confirmation)} *{heading}*{_for_invoices(confirmation)}")]
    details = [*_payment_details(confirmation)]
    if details:
        blocks.append(section("\n".join(details)))
    blocks.append(context(" · ".join(_origin(confirmation))))
    if confirmation.can_reverse:
        button = _button("Reverse", REVERSE, confirmation.payment_id)
        blocks.append({"type": "actions", "elements": [button]})
    return SlackContent(f"{heading}{_for_invoices(confirmation)}", blocks)


def excess_notice(notice: ExcessNotice) -> SlackContent:
    """Money that found no invoice; while it is credit, with the ways to deal with it."""
    text = escape(notice.text, _NOTICE_LIMIT)
    blocks: list[Block] = [section(f":warning: {text}")]
    if not notice.left:
        blocks.append(context(":white_check_mark: Nothing of it is unapplied any more."))
    elif notice.kept_by:
        kept = f"{money(notice.left)} stays credit: {mention(notice.kept_by)} said so."
        blocks.append(context(f":white_check_mark: {kept}"))
    if notice.left:
        blocks.append({"type": "actions", "elements": list(_ways(notice))})
    return SlackContent(text, blocks)


def _ways(notice: ExcessNotice) -> Iterator[Block]:
    yield _button("Apply to…", APPLY, notice.payment_id)
    if not notice.kept_by:
        yield _button("Keep as credit", KEEP, notice.payment_id)
    yield _button("Refund", REFUND, notice.payment_id)


def _button(label: str, action_id: str, value: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain_text(label),
        "value": value,
        "accessibility_label": f"{label}: {escape(value, 50)}",
    }


def _origin(confirmation: PaymentConfirmation) -> Iterator[str]:
    yield f"Reference {escape(confirmation.payment_id)}"
    if confirmation.recorded_by:
        yield f"recorded by {mention(confirmation.recorded_by)}"
    if confirmation.sender_ids:
        sent_by = ", ".join(mention(user_id) for user_id in confirmation.sender_ids)
        yield f"link sent by {sent_by}"


def thread_note(confirmation: PaymentConfirmation) -> SlackContent:
    """The same news under the sender's card, without mentioning anybody again."""
    heading = f"{_payment_heading(confirmation)}{_for_invoices(confirmation)}"
    details = "\n".join([*_payment_details(confirmation)])
    text = f"{_emoji(confirmation)} {heading}"
    return SlackContent(heading, [section(f"{text}\n{details}" if details else text)])


def _emoji(confirmation: PaymentConfirmation) -> str:
    return _EMOJI[confirmation.event]


def _payment_heading(confirmation: PaymentConfirmation) -> str:
    who, amount = escape(confirmation.customer_name), money(confirmation.amount)
    match confirmation.event:
        case "paid":
            return f"{who} paid {amount}"
        case "credited":
            return f"{who} paid {amount} with their credit"
        case "processing":
            return f"{who} started a payment of {amount}"
        case "failed":
            return f"A payment of {amount} by {who} failed"
        case "reversed":
            return f"The payment of {amount} by {who} was reversed"


def _for_invoices(confirmation: PaymentConfirmation) -> str:
    named = [line.invoice_number for line in confirmation.lines]
    named += [line.invoice_number for line in confirmation.credits]
    numbers = [escape(number, 60) for number in dict.fromkeys(named)]
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
        case "credited":
            yield from (_credited(line) for line in confirmation.credits[:_SHOWN_INVOICES])
        case "processing":
            by = f"expected by {day(confirmation.expected_by)}" if confirmation.expected_by else ""
            parts = (part for part in ("Processing", method, by) if part)
            yield ", ".join(parts) + ". It is not paid until the bank confirms it."
        case "failed":
            why = escape(confirmation.failure, _FAILURE_LIMIT).rstrip(".")
            yield f"Why: {why or 'the bank gave no reason'}. The balance is open again."
        case "reversed":
            yield from _reversal(confirmation)
            yield from (_reopened(line) for line in confirmation.lines[:_SHOWN_INVOICES])


def _paid_details(confirmation: PaymentConfirmation, method: str) -> Iterator[str]:
    if method:
        yield f"Paid {method}"
    for line in confirmation.lines[:_SHOWN_INVOICES]:
        yield _applied(line)
    yield from (_credited(line) for line in confirmation.credits[:_SHOWN_INVOICES])
    if confirmation.unapplied:
        yield f":warning: {money(confirmation.unapplied)} is more than was due: kept as credit"
    yield from _reversal(confirmation)


def _reversal(confirmation: PaymentConfirmation) -> Iterator[str]:
    taken = confirmation.reversed
    if taken is not None:
        who = f" by {mention(taken.by)}" if taken.by else " by an import"
        why = f": {escape(taken.reason, _FAILURE_LIMIT)}" if taken.reason else ""
        yield f":leftwards_arrow_with_hook: {money(taken.amount)} reversed{who}{why}"


def _reopened(line: ReceiptLine) -> str:
    return f"{escape(line.invoice_number, 60)}: {money(line.remaining)} is due again"


def _applied(line: ReceiptLine) -> str:
    return f"{escape(line.invoice_number, 60)}: {money(line.applied)} applied, {_rest(line)}"


def _credited(line: CreditLine) -> str:
    used = f"{money(line.applied)} of {escape(line.source, 100)}"
    return f"{escape(line.invoice_number, 60)}: {used} used, {_rest(line)}"


def _rest(line: ReceiptLine | CreditLine) -> str:
    return f"{money(line.remaining)} remains" if line.remaining else "nothing remains"

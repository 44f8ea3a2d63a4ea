"""What channels and senders are told about a payment."""

from collections.abc import Iterator

from renderers.block_kit import context, day, money, section
from renderers.documents import PaymentConfirmation, ReceiptLine, SlackContent
from renderers.mrkdwn import escape, mention

_SHOWN_INVOICES = 10
_FAILURE_LIMIT = 300


def payment_confirmation(confirmation: PaymentConfirmation) -> SlackContent:
    """What a channel is told; it mentions those who sent the links."""
    heading = _payment_heading(confirmation)
    blocks = [section(f"{_emoji(confirmation)} *{heading}*{_for_invoices(confirmation)}")]
    details = [*_payment_details(confirmation)]
    if details:
        blocks.append(section("\n".join(details)))
    sent_by = ", ".join(mention(user_id) for user_id in confirmation.sender_ids)
    reference = f"Reference {escape(confirmation.payment_id)}"
    blocks.append(context(f"{reference} · link sent by {sent_by}" if sent_by else reference))
    return SlackContent(f"{heading}{_for_invoices(confirmation)}", blocks)


def thread_note(confirmation: PaymentConfirmation) -> SlackContent:
    """The same news under the sender's card, without mentioning anybody again."""
    heading = f"{_payment_heading(confirmation)}{_for_invoices(confirmation)}"
    details = "\n".join([*_payment_details(confirmation)])
    text = f"{_emoji(confirmation)} {heading}"
    return SlackContent(heading, [section(f"{text}\n{details}" if details else text)])


def _emoji(confirmation: PaymentConfirmation) -> str:
    return {"paid": ":white_check_mark:", "processing": ":bank:", "failed": ":x:"}[
        confirmation.event
    ]


def _payment_heading(confirmation: PaymentConfirmation) -> str:
    who, amount = escape(confirmation.customer_name), money(confirmation.amount)
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
            by = f"expected by {day(confirmation.expected_by)}" if confirmation.expected_by else ""
            parts = (part for part in ("Processing", method, by) if part)
            yield ", ".join(parts) + ". It is not paid until the bank confirms it."
        case "failed":
            why = escape(confirmation.failure, _FAILURE_LIMIT) or "the bank gave no reason"
            yield f"Why: {why}. The balance is open again."


def _paid_details(confirmation: PaymentConfirmation, method: str) -> Iterator[str]:
    if method:
        yield f"Paid {method}"
    for line in confirmation.lines[:_SHOWN_INVOICES]:
        yield _applied(line)
    if confirmation.unapplied:
        yield f":warning: {money(confirmation.unapplied)} is more than was due: kept as credit"


def _applied(line: ReceiptLine) -> str:
    rest = f"{money(line.remaining)} remains" if line.remaining else "nothing remains"
    return f"{escape(line.invoice_number, 60)}: {money(line.applied)} applied, {rest}"

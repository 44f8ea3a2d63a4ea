"""What channels and threads are told about refunds and disputes."""

from collections.abc import Iterator

from renderers.block_kit import Block, context, money, plain_text, section
from renderers.documents import ReceiptLine
from renderers.money_news import (
    DisputeCard,
    DisputeEvent,
    RefundNews,
)
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_values import SlackContent

TAKE_DISPUTE = "pay.dispute.take"
_OPEN_STRIPE = "pay.url.stripe"
_SHOWN_INVOICES = 10

REFUND_REASONS = {
    "requested_by_customer": "asked for by the customer",
    "duplicate": "paid twice",
    "fraudulent": "fraud",
}
# docs.stripe.com/disputes/categories, in our words.
_DISPUTE_REASONS = {
    "bank_cannot_process": "the bank cannot process the charge",
    "check_returned": "the check was returned",
    "credit_not_processed": "a promised credit did not arrive",
    "customer_initiated": "the customer asked the bank for the money",
    "debit_not_authorized": "the debit was not authorized",
    "duplicate": "the customer says it was charged twice",
    "fraudulent": "the cardholder says they did not make the payment",
    "incorrect_account_details": "the account details were wrong",
    "insufficient_funds": "the account had too little money",
    "noncompliant": "a rule of the card network was not kept",
    "product_not_received": "the customer says the goods did not arrive",
    "product_unacceptable": "the customer says the goods were not as agreed",
    "subscription_canceled": "the customer says the order was canceled",
    "unrecognized": "the customer does not recognize the payment",
}
_DISPUTE_STATES = {
    "warning_needs_response": "The bank asks about it. Answering may avoid a dispute",
    "warning_under_review": "The bank reads the answer",
    "needs_response": "Needs an answer",
    "under_review": "The bank reads the evidence",
    "warning_closed": "Closed without a dispute",
    "prevented": "Prevented",
    "won": "Won: the money is back",
    "lost": "Lost: the money is gone for good",
}


# -- refunds ------------------------------------------------------------------------------------


def refund_post(news: RefundNews) -> SlackContent:
    """What the payments channel is told, with who did it and what remains to pay."""
    heading = _heading(news)
    blocks = [section(f"{_emoji(news)} *{heading}*"), section("\n".join(_details(news)))]
    reference = f"Refund {escape(news.refund_id)} · payment {escape(news.payment_id)}"
    return SlackContent(heading, [*blocks, context(reference)])


def refund_note(news: RefundNews) -> SlackContent:
    """The same under the sender's card."""
    heading = _heading(news)
    details = "\n".join(_details(news))
    return SlackContent(heading, [section(f"{_emoji(news)} {heading}\n{details}")])


def _emoji(news: RefundNews) -> str:
    return ":x:" if news.event == "refund_failed" else ":leftwards_arrow_with_hook:"


def _heading(news: RefundNews) -> str:
    who, amount = escape(news.customer_name), money(news.amount)
    match news.event:
        case "refund_pending":
            return f"A refund of {amount} to {who} is on its way"
        case "refunded":
            return f"{amount} was refunded to {who}{_numbers(news.lines)}"
        case "refund_failed":
            return f"The refund of {amount} to {who} failed: the money came back"


def _numbers(lines: tuple[ReceiptLine, ...]) -> str:
    names = [escape(line.invoice_number, 60) for line in lines]
    more = len(names) - _SHOWN_INVOICES
    shown = ", ".join(names[:_SHOWN_INVOICES]) + (f" and {more} more" if more > 0 else "")
    return f" for {shown}" if names else ""


def _details(news: RefundNews) -> Iterator[str]:
    by = mention(news.requested_by) if news.requested_by else "somebody in Stripe's Dashboard"
    approved = f", approved by {mention(news.approved_by)}" if news.approved_by else ""
    why = REFUND_REASONS.get(news.reason, "")
    yield f"By {by}{approved}{f': {why}' if why else ''}"
    if news.note:
        yield f"Note: {escape(news.note, 300)}"
    if news.event == "refund_failed":
        why = escape(news.failure).rstrip(".")
        yield f"Why: {why or 'the bank gave no reason'}."
        yield "It lies on the invoices again as far as they are open, else it is credit."
        return
    for line in news.lines[:_SHOWN_INVOICES]:
        number = escape(line.invoice_number, 60)
        yield f"{number}: {money(line.applied)} taken off, {money(line.remaining)} to pay now"
    yield f"{money(news.left)} is left of the payment"


# -- disputes -----------------------------------------------------------------------------------


def dispute_post(card: DisputeCard) -> SlackContent:
    """Reason, deadline and owner; edited as it goes on."""
    heading = _dispute_heading(card)
    blocks: list[Block] = [
        section(f"{_dispute_emoji(card)} *{heading}*\n{_DISPUTE_STATES[card.status]}"),
        section("\n".join(_dispute_details(card))),
        context(f"Dispute {escape(card.dispute_id)} · payment {escape(card.payment_id)}"),
        {"type": "actions", "elements": list(_buttons(card))},
    ]
    return SlackContent(f"{heading}. {_DISPUTE_STATES[card.status]}", blocks)


def dispute_note(card: DisputeCard, event: DisputeEvent) -> SlackContent:
    """One thing that happened, in a thread."""
    text = _HAPPENED[event].format(amount=money(card.amount), who=escape(card.customer_name))
    return SlackContent(text, [section(f"{_dispute_emoji(card)} {text}")])


_HAPPENED: dict[DisputeEvent, str] = {
    "opened": "{who} disputes {amount} at the bank: please ask for no payment meanwhile.",
    "withdrawn": "The bank has taken {amount} of {who} back: the balance is open again.",
    "reinstated": "The bank has given {amount} of {who} back: the balance is closed again.",
    "won": "The dispute of {who} over {amount} is won.",
    "lost": "The dispute of {who} over {amount} is lost: the balance stays open.",
    "closed": "The dispute of {who} over {amount} is closed.",
}


def _dispute_heading(card: DisputeCard) -> str:
    numbers = [escape(number, 60) for number in card.invoice_numbers[:_SHOWN_INVOICES]]
    more = len(card.invoice_numbers) - _SHOWN_INVOICES
    about = f" for {', '.join(numbers)}" if numbers else ""
    about += f" and {more} more" if more > 0 else ""
    return f"{escape(card.customer_name)} disputes {money(card.amount)}{about}"


def _dispute_emoji(card: DisputeCard) -> str:
    return ":white_check_mark:" if card.status == "won" else ":rotating_light:"


def _dispute_details(card: DisputeCard) -> Iterator[str]:
    why = _DISPUTE_REASONS.get(card.reason, card.reason.replace("_", " "))
    yield f"Reason: {escape(why) or 'the bank gave none'}"
    if card.withdrawn:
        yield f"Taken back by the bank: {money(card.withdrawn)}"
    if card.is_open and card.due_by:
        yield f"Evidence is taken until {local_time(card.due_by)}"
    if card.taken_by:
        yield f"Taken by {mention(card.taken_by)}"
    elif card.is_open:
        yield "Nobody has taken it yet"


def _buttons(card: DisputeCard) -> Iterator[Block]:
    if card.is_open and not card.taken_by:
        yield {
            "type": "button",
            "style": "primary",
            "action_id": TAKE_DISPUTE,
            "text": plain_text("Take it"),
            "value": card.dispute_id,
            "accessibility_label": f"Take the dispute of {escape(card.customer_name, 40)}",
        }
    yield {
        "type": "button",
        "action_id": _OPEN_STRIPE,
        "text": plain_text("Open in Stripe"),
        "url": card.dashboard_url,
    }

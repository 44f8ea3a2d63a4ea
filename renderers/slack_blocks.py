"""Slack messages as Block Kit: the sender's card, confirmations for channels, notices.

Every value passes `escape`. Amounts and dates are in the company's language; times of day are
shown in each reader's own zone.
"""

from renderers.block_kit import section
from renderers.documents import SlackContent
from renderers.mrkdwn import escape
from renderers.slack_card import invoice_card
from renderers.slack_payments import payment_confirmation, thread_note

__all__ = ["escape", "invoice_card", "notice", "payment_confirmation", "thread_note"]

_NOTICE_LIMIT = 2900  # of the 3,000 characters a section may have


def notice(text: str) -> SlackContent:
    """A plain sentence or a few; `text` is escaped."""
    shown = escape(text, _NOTICE_LIMIT)
    return SlackContent(shown, [section(shown)])

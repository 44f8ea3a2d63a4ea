"""Slack messages as Block Kit: the sender's card, confirmations for channels, notices.

Every value passes `escape`. Amounts and dates are in the company's language; times of day are
shown in each reader's own zone.
"""

from renderers.block_kit import section
from renderers.mrkdwn import escape
from renderers.plain_text import clean
from renderers.slack_approvals import approval_post
from renderers.slack_automatic import automatic_report
from renderers.slack_card import mail_card
from renderers.slack_comparison import comparison_notice
from renderers.slack_payments import excess_notice, payment_confirmation, thread_note
from renderers.slack_refunds import dispute_note, dispute_post, refund_note, refund_post
from renderers.slack_values import SlackContent

__all__ = [
    "approval_post",
    "automatic_report",
    "comparison_notice",
    "dispute_note",
    "dispute_post",
    "escape",
    "excess_notice",
    "mail_card",
    "notice",
    "payment_confirmation",
    "refund_note",
    "refund_post",
    "thread_note",
]

_NOTICE_LINES = 20
_NOTICE_LIMIT = 2900  # of the 3,000 characters a section may have


def notice(text: str) -> SlackContent:
    """A plain sentence, or a few lines; `text` is escaped."""
    lines = clean(text).strip().split("\n")[:_NOTICE_LINES]
    shown = "\n".join(escape(line, _NOTICE_LIMIT // len(lines)) for line in lines)
    return SlackContent(shown, [section(shown)])

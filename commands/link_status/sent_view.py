"""What was sent, as a modal: to whom and with what outcome, when, and the way to each PDF."""

from commands import view_parts as parts
from commands.send_invoice.sent_mail import SentMail
from commands.view_parts import Block, View
from renderers.mrkdwn import escape, local_time
from renderers.slack_card import recipient_text

OPEN = "pay.url.sent"
_TOGETHER = 6  # recipients in one block: each may take 450 of its 3,000 characters
_ADDRESS = 254  # characters, the longest there is
_HEADINGS = {
    "sent": "Sent",
    "failed": "Not sent; last tried",
    "unknown": "It may have arrived; last tried",
}


def sent_view(mail: SentMail) -> View:
    blocks = [_facts(mail), *_recipients(mail), _document(mail)]
    return parts.modal("What was sent", blocks)


def _facts(mail: SentMail) -> Block:
    when = f" {local_time(mail.finished_at)}" if mail.finished_at else ""
    lines = [
        f"*{escape(mail.number)}*",
        f"{_HEADINGS[mail.status]}{when}",
        f"Message-ID {escape(mail.message_id)}",
    ]
    return parts.section("\n".join(lines))


def _recipients(mail: SentMail) -> list[Block]:
    lines = [recipient_text(each, _ADDRESS) for each in mail.recipients]
    starts = range(0, len(lines), _TOGETHER)
    return [parts.section("\n".join(lines[start : start + _TOGETHER])) for start in starts]


def _document(mail: SentMail) -> Block:
    if not mail.pdfs:
        return parts.context("The document itself is no longer kept.")
    several = len(mail.pdfs) > 1
    return parts.actions(
        "sent",
        *(
            parts.button(f"Open {pdf.title}" if several else "Open PDF", f"{OPEN}.{n}", url=pdf.url)
            for n, pdf in enumerate(mail.pdfs)
        ),
    )

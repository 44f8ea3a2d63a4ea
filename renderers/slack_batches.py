"""Slack messages about mails that are sent together: how far they are, and the report."""

from collections.abc import Iterator

from renderers.batch_news import BatchCard, BatchCounts, BatchGap, BatchReport, BatchState
from renderers.block_kit import Block, context, money, plain_text, section
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_values import SlackContent

STOP = "pay.batch.stop"
UNDO = "pay.batch.undo"
UNDO_ONE = "pay.batch.undo_one"
RETRY = "pay.batch.retry"
CSV = "pay.batch.csv"

SHOWN = 10  # of each list in the report; the CSV has all
_REASON = 160  # characters
_CELLS = 20
_STATES: dict[BatchState, str] = {
    "waiting": ":hourglass_flowing_sand: Held for Undo",
    "sending": ":outbox_tray: Being sent",
    "stopping": ":octagonal_sign: Being stopped",
    "stopped": ":octagonal_sign: Stopped",
    "undone": ":leftwards_arrow_with_hook: Undone, nothing was sent",
    "done": ":white_check_mark: All sent",
    "partial": ":warning: Over, and not everything was sent",
}


def batch_card(card: BatchCard) -> SlackContent:
    """A bar, the same in words, and the buttons of its state."""
    words = progress_words(card.counts)
    state = _STATES[card.state] + (f" by {mention(card.ended_by)}" if card.ended_by else "")
    lines = [f"*{escape(card.title)}*", state, f"`{bar(card.counts.percent)}` {words}"]
    blocks: list[Block] = [section("\n".join([*lines, *_more(card)]))]
    buttons = list(_buttons(card))
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    asked = f"Asked for by {mention(card.requested_by)}"
    by = asked if card.requested_by else "Due by itself, as scheduled"
    approved = f", approved by {mention(card.approved_by)}" if card.approved_by else ""
    blocks.append(context(by + approved))
    return SlackContent(f"{escape(card.title)}: {words}", blocks)


def _for(report: BatchReport) -> str:
    return f"\nFor {mention(report.requested_by)}" if report.requested_by else ""


def progress_words(counts: BatchCounts) -> str:
    """Such as "60 %, 9 sent, 1 failed, 5 to go"."""
    parts = [f"{counts.percent} %", f"{counts.sent} sent"]
    rest = (
        (counts.failed, "failed"),
        (counts.unclear, "unclear"),
        (counts.skipped, "not sent"),
        (counts.to_go, "to go"),
    )
    return ", ".join(parts + [f"{number} {word}" for number, word in rest if number])


def bar(percent: int) -> str:
    """Twenty cells; the words beside it say the same."""
    full = percent * _CELLS // 100
    return "█" * full + "░" * (_CELLS - full)


def batch_report(report: BatchReport) -> SlackContent:
    """What was sent, what was not and why; the buttons Retry and CSV."""
    counts = report.counts
    ended = "Stopped" if report.was_stopped else "Over"
    said = f"{ended}: {escape(report.title)}. {progress_words(counts)}"
    blocks: list[Block] = [section(f"*{said}*{_for(report)}")]
    blocks += [_list(*each) for each in _lists(report)]
    elements = [_button("Report as CSV", CSV, report.batch_id)]
    if counts.failed:
        retry = _button(f"Retry {counts.failed} failed", RETRY, report.batch_id)
        elements.insert(0, retry | {"style": "primary"})
    blocks.append({"type": "actions", "elements": elements})
    return SlackContent(said, blocks)


def _more(card: BatchCard) -> Iterator[str]:
    if card.leaves_at is not None:
        yield f"Leaves {local_time(card.leaves_at)}"
    if card.held_back:
        yield "MAIL_MODE is hold: nothing leaves until that is changed."
    if card.settled:
        parts = [f"{money(paid)} of {money(asked)}" for paid, asked in card.settled]
        yield f"Paid or credited since: {', '.join(parts)}"


def _buttons(card: BatchCard) -> Iterator[Block]:
    if not card.counts.to_go:  # nothing is left to keep back
        return
    if card.state == "waiting":
        ask = _sure("Undo all of it?", "Nothing of it leaves.", "Undo", "Don't undo")
        yield _button("Undo", UNDO, card.batch_id) | {"confirm": ask}
        yield _button("Undo one customer", UNDO_ONE, card.batch_id)
    elif card.state == "sending":
        text = "What has not left yet stays here. What has left stays sent."
        ask = _sure("Stop sending?", text, "Stop", "Don't stop") | {"style": "danger"}
        yield _button("Stop", STOP, card.batch_id) | {"style": "danger", "confirm": ask}


def _sure(title: str, text: str, confirm: str, deny: str) -> Block:
    return {
        "title": plain_text(title),
        "text": plain_text(text),
        "confirm": plain_text(confirm),
        "deny": plain_text(deny),
    }


def _lists(report: BatchReport) -> Iterator[tuple[str, tuple[BatchGap, ...], int]]:
    """Titles, the first ones, and how many there are; what needs a person comes first."""
    counts = report.counts
    if report.failed:
        yield "Failed", report.failed, counts.failed
    if report.unclear:
        yield "May have arrived: please look", report.unclear, counts.unclear
    if report.skipped:
        yield "Not sent", report.skipped, counts.skipped
    if report.partly:
        yield "Left out of a mail that was sent", report.partly, len(report.partly)
    if report.without_link:
        yield "Sent without a Payment Link", report.without_link, len(report.without_link)


def _list(title: str, gaps: tuple[BatchGap, ...], count: int) -> Block:
    shown = gaps[:SHOWN]
    more = f"\n… and {count - len(shown)} more: see the CSV" if count > len(shown) else ""
    return section(f"*{title}*\n" + "\n".join(map(_line, shown)) + more)


def _line(gap: BatchGap) -> str:
    about = f", {escape(gap.subject, 60)}" if gap.subject else ""
    why = f": {escape(gap.reason, _REASON)}" if gap.reason else ""
    return f"• {escape(gap.customer_name, 60)}{about}{why}"


def _button(text: str, action_id: str, value: str) -> Block:
    return {
        "type": "button",
        "text": plain_text(text),
        "action_id": action_id,
        "value": value,
    }

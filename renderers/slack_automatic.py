"""What the payments channel is told about invoices that were mailed by themselves."""

from collections.abc import Iterator

from renderers.block_kit import context, section
from renderers.mrkdwn import escape, local_time
from renderers.slack_values import AutomaticReport, Gap, SlackContent

SHOW_ALL = "pay.automatic_report.show"
SHOWN = 12  # of each list in the post; `SHOW_ALL` leads to all of them
_REASON = 160  # characters


def automatic_report(report: AutomaticReport) -> SlackContent:
    """Counts, then what did not go as it should have, each invoice with its reason."""
    said = f"Automatic invoices: {', '.join(_counts(report))}"
    blocks = [section(f"{_emoji(report)} *Automatic invoices*: {', '.join(_counts(report))}")]
    for title, gaps in gap_lists(report):
        more = f"\n… and {len(gaps) - SHOWN} more" if len(gaps) > SHOWN else ""
        blocks.append(section(f"*{title}*\n" + "\n".join(map(gap_line, gaps[:SHOWN])) + more))
    if any(len(gaps) > SHOWN for _, gaps in gap_lists(report)):
        blocks.append(_show_all(report))
    trial = " · A trial: everything went to MAIL_COPY_TO" if report.trial else ""
    blocks.append(context(f"Import of {local_time(report.imported_at)}{trial}"))
    return SlackContent(said, blocks)


def gap_lists(report: AutomaticReport) -> list[tuple[str, tuple[Gap, ...]]]:
    """The lists that are not empty, with their titles; what needs a person comes first."""
    lists = (
        ("Could not be mailed", report.not_mailed),
        ("May have been mailed: please look", report.unclear),
        ("Did not reach everybody", report.partly),
        ("Without a link", report.without_link),
    )
    return [(title, gaps) for title, gaps in lists if gaps]


def gap_line(gap: Gap) -> str:
    why = f": {escape(gap.reason, _REASON)}" if gap.reason else ""
    return f"• {escape(gap.invoice_number, 60)}{why}"


def _counts(report: AutomaticReport) -> Iterator[str]:
    yield f"{report.mailed} mailed"
    if report.without_link:
        yield f"{len(report.without_link)} without a link"
    if report.on_their_way:
        yield f"{report.on_their_way} still on their way"
    if report.unclear:
        yield f"{len(report.unclear)} unclear"
    if report.not_mailed:
        yield f"{len(report.not_mailed)} could not be mailed"


def _emoji(report: AutomaticReport) -> str:
    troubled = report.not_mailed or report.unclear or report.partly
    return ":warning:" if troubled else ":incoming_envelope:"


def _show_all(report: AutomaticReport) -> dict[str, object]:
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Show all"},
        "action_id": SHOW_ALL,
        "value": str(report.run_id),
    }
    return {"type": "actions", "elements": [button]}

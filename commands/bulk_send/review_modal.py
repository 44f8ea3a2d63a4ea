"""The form in which a bulk send is decided on: its exact content by pages, and what changed."""

import json
from collections.abc import Iterator

from commands import view_parts as parts
from commands.approvals.modal import DECIDE, decision_fields
from commands.bulk_send.answers import Dropped
from commands.bulk_send.content import totals_text
from commands.bulk_send.looking import Ready
from commands.bulk_send.review import Grown, Review
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from storage.money import Money

PAGE = "pay.bulk_review.page."
_NAMED = 8  # of changes, and of one customer's invoices
_MESSAGE = 2800  # characters as sent: Slack takes 3000 in a block


def form(review: Review, csv_url: str, *, rejecting: bool = False) -> View:
    """The decision is bound to the request's hash, and to what it shows as having grown."""
    blocks = [parts.section(_head(review)), *_message(review), *_changes(review)]
    blocks += [parts.section(_mail(ready)) for ready in review.ready]
    blocks.append(parts.actions("pages", *_buttons(review, csv_url)))
    blocks += decision_fields(rejecting=rejecting)
    kept = {
        "approval": review.approval.id,
        "hash": review.approval.content_hash,
        "seen": review.seen,
        "page": review.page,
    }
    metadata = json.dumps(kept)
    return parts.form("Review", blocks, callback_id=DECIDE, submit="Decide", metadata=metadata)


def wanted_page(view: View, action_id: str) -> tuple[str, int]:
    """Which request, and the page that was asked for."""
    kept = json.loads(view["private_metadata"])
    step = 1 if action_id == f"{PAGE}next" else -1
    return str(kept["approval"]), int(kept["page"]) + step


def _head(review: Review) -> str:
    asked, now = review.approval, review.now
    counted = f"{_count(now.customers, 'customer')}, {_count(now.invoices, 'invoice')}"
    lines = [
        f"*{escape(asked.content['headline'])}*",
        f"{mention(asked.requested_by)} asks, {local_time(asked.created_at)}",
        f"*As of now:* {counted}, {totals_text(now.totals) or 'nothing to ask for'}",
        "PDFs attached" if review.bulk.attach_pdfs else "No PDFs attached",
    ]
    return "\n".join(lines)


def _message(review: Review) -> Iterator[Block]:
    """Line by line, as every mail begins with it."""
    room = _MESSAGE
    lines: list[str] = []
    for line in review.bulk.message.splitlines():
        lines.append(f"> {escape(line, room)}")
        room -= len(lines[-1])
        if room <= 0:
            break
    if lines:
        yield parts.section("\n".join(["*Message*", *lines]))


def _changes(review: Review) -> Iterator[Block]:
    if review.grown:
        lines = [_grown(each) for each in review.grown[:_NAMED]]
        title = ":warning: *Asks for more than the request says; approving agrees to it*"
        yield parts.section(_listed(title, lines, len(review.grown)))
    if review.dropped:
        lines = [_dropped(each) for each in review.dropped[:_NAMED]]
        title = "*Left out, for it changed since it was asked for*"
        yield parts.section(_listed(title, lines, len(review.dropped)))


def _listed(title: str, lines: list[str], count: int) -> str:
    more = [f"… and {count - len(lines)} more"] if count > len(lines) else []
    return "\n".join([title, *lines, *more])


def _grown(grown: Grown) -> str:
    now, then = block_kit.money(grown.now), block_kit.money(grown.then)
    return f"• {escape(grown.number, 60)}: {now} now, {then} when it was asked for"


def _dropped(dropped: Dropped) -> str:
    about = dropped.invoice_number or dropped.customer_name
    return f"• {escape(about, 60)}: {escape(dropped.reason, 200)}"


def _mail(ready: Ready) -> str:
    currency = ready.wanted.mail.currency
    parts_ = [
        f"{escape(number, 60)} {block_kit.money(Money(minor, currency))}"
        for number, minor in list(ready.asks.items())[:_NAMED]
    ]
    more = len(ready.asks) - len(parts_)
    listed = ", ".join(parts_) + (f" and {more} more" if more > 0 else "")
    to = ", ".join(escape(address, 100) for address in ready.recipients)
    name, amount = escape(ready.customer.name, 80), block_kit.money(ready.total)
    lines = [f"*{name}* · *{amount}*", f"To {to}", listed]
    if ready.new_addresses:
        new = ", ".join(escape(address, 100) for address in ready.new_addresses)
        lines.insert(2, f":warning: Not on file: {new}")
    return "\n".join(lines)


def _buttons(review: Review, csv_url: str) -> Iterator[Block]:
    if review.page > 0:
        yield parts.button("Previous", f"{PAGE}previous")
    if review.page < review.pages - 1:
        left = f"{review.page + 2} of {review.pages}"
        yield parts.button(f"Next ({left})", f"{PAGE}next")
    yield parts.button("All of it as CSV", "pay.url.bulk_csv", url=csv_url)


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"

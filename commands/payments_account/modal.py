"""/pay account: how the payments account stands, and the last comparison with Stripe."""

from collections.abc import Iterator

from commands import view_parts as parts
from commands.payments_account import requirements
from commands.payments_account.overview import Overview
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time
from renderers.slack_comparison import difference_lines
from storage.comparisons import Comparison
from storage.gateway_accounts import GatewayAccountRow

PAGE = "pay.account.page."  # and "newer" or "older": action ids differ within a view
_DASHBOARD = "pay.url.stripe_dashboard"
_METHODS = {"card": "card", "us_bank_account": "bank account (ACH)"}
_MEANWHILE = (
    "Until it can, documents go out without a link, and pages say whom to call. Links that are"
    " out already work again by themselves as soon as it can."
)
_NOT_CONNECTED = (
    ":heavy_minus_sign: *Not connected.* Documents go out without a link. To connect it, whoever"
    " runs Payment Links sets STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET and starts it anew."
)


def view(seen: Overview) -> View:
    blocks = [parts.section(text) for text in _standing(seen)]
    if seen.status != "not_connected":
        blocks.append(parts.facts(*_facts(seen)))
        button = parts.button("Open Stripe's Dashboard", _DASHBOARD, url=seen.dashboard_url)
        blocks.append(parts.actions("dashboard", button))
    blocks.append({"type": "divider"})
    blocks += [parts.section(text) for text in _comparison(seen)]
    blocks += [parts.section(lines) for lines in difference_lines(seen.differences)]
    if seen.pages > 1:
        blocks += [_pager(seen), parts.context(f"Page {seen.page + 1} of {seen.pages}")]
    return parts.modal("Payments account", blocks)


def _standing(seen: Overview) -> Iterator[str]:
    account = seen.account
    if seen.status == "not_connected":
        yield _NOT_CONNECTED
    elif account is None:
        yield ":hourglass: *Not read yet.* Stripe has not answered so far; links are sent."
    elif account.status == "restricted":
        yield f":no_entry: *Restricted.* It cannot take money. {_why(account)}".strip()
        yield from _required(account, "Stripe still requires")
        yield _MEANWHILE
    else:
        methods = " and ".join(_METHODS.get(m, escape(m)) for m in account.methods)
        yield f":white_check_mark: *Active.* It takes money by {methods or 'no method yet'}."
        yield from _required(account, "It stays so if Stripe gets")


def _why(account: GatewayAccountRow) -> str:
    return escape(account.problem or requirements.reason(account.disabled_reason), 500)


def _required(account: GatewayAccountRow, beginning: str) -> Iterator[str]:
    missing = requirements.in_words(account.requirements)
    if missing:
        by = f", by {local_time(account.due_by)}" if account.due_by else ""
        listed = "\n".join(f"• {escape(thing, 120)}" for thing in missing[:20])
        yield f"{beginning}{by}:\n{listed}"


def _facts(seen: Overview) -> Iterator[str]:
    account = seen.account
    mode = "Live: real money" if seen.livemode else "Test: no real money"
    yield f"*Mode*\n{mode}"
    if account is not None:
        named = escape(account.name or "–", 80)
        yield f"*Account*\n{named}\n{escape(account.account_id or 'not told to this key', 60)}"
        yield f"*As of*\n{local_time(account.read_at)}"


def _comparison(seen: Overview) -> Iterator[str]:
    last, latest = seen.last, seen.latest
    if last is None and latest is None:
        yield "*Last comparison with Stripe*\nThere was none yet. There is one every night."
    if last is not None:
        yield f"*Last comparison with Stripe*\n{_outcome(last, seen.total)}"
    if latest is not None:
        yield _unfinished(latest)


def _outcome(last: Comparison, total: int) -> str:
    when = local_time(last.finished_at or last.started_at)
    if not total:
        many = "1 movement" if last.compared == 1 else f"{last.compared} movements"
        return f":white_check_mark: {when}: all agrees ({many} compared)."
    many = "1 difference" if total == 1 else f"{total} differences"
    return f":warning: {when}: {many}. Nothing was changed."


def _unfinished(latest: Comparison) -> str:
    night = block_kit.day(latest.day)
    why = f" {escape(latest.error, 300)}" if latest.error else ""
    if latest.status == "running":
        return f":hourglass: The one of {night} is under way.{why}"
    return f":warning: The one of {night} could not be finished.{why}"


def _pager(seen: Overview) -> Block:
    turns = []
    if seen.page > 0:
        turns.append(parts.button("Back", PAGE + "newer", value=str(seen.page - 1)))
    if seen.page + 1 < seen.pages:
        turns.append(parts.button("More", PAGE + "older", value=str(seen.page + 1)))
    return parts.actions("pages", *turns)

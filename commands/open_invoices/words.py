"""What the screens of Open Invoices say of counts, sums and reasons, as mrkdwn."""

from collections.abc import Sequence

from commands import view_parts as parts
from commands.view_parts import Block
from renderers import block_kit
from renderers.mrkdwn import escape, mention
from renderers.plain_text import one_line
from storage.candidates import Counts, Fallen, Refusal, Row, Why
from storage.money import Money
from storage.selections import SentBack

_MOST_FALLEN = 10
_MOST_CURRENCIES = 6
_WHY: dict[Why, str] = {
    "": "",
    "void": "it is void",
    "written_off": "it was written off",
    "credit": "it is a credit memo",
    "paid": "it is paid",
    "links": "payment links are disabled",
    "address": "there is no e-mail address for invoices",
    "disputed": "a payment is disputed",
    "processing": "a bank debit is under way",
}


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def name(row: Row) -> str:
    """The customer's, plain, as the label of a field: never empty."""
    return parts.clip(one_line(row.customer_name) or row.customer_id, 100)


def sums(totals: Sequence[tuple[str, int]]) -> str:
    """Minor units by currency, such as "USD 420.00 and EUR 10.00"."""
    shown = [block_kit.money(Money(minor, code)) for code, minor in totals[:_MOST_CURRENCIES]]
    if len(totals) > _MOST_CURRENCIES:
        more = len(totals) - _MOST_CURRENCIES
        shown.append(f"{more} more {'currency' if more == 1 else 'currencies'}")
    return " and ".join(shown)


def ticked(counts: Counts) -> str:
    if not counts.invoices:
        return "Nothing is ticked yet."
    invoices, customers = count(counts.invoices, "invoice"), count(counts.customers, "customer")
    verb = "is" if counts.invoices == 1 else "are"
    return f"*{invoices} of {customers}* {verb} ticked: *{sums(counts.totals)}*"


def sent_back(back: SentBack) -> str:
    """What came of the send that is taken up again."""
    if back.status == "rejected":
        by = f" by {mention(back.decided_by)}" if back.decided_by else ""
        reason = f": {escape(back.reason, 300)}" if back.reason else "."
        return f"Your send was rejected{by}{reason}\n"
    ends = {"withdrawn": "was withdrawn", "expired": "expired undecided"}
    return f"Your send {ends.get(back.status or '', 'was undone')}.\n"


def refusal(refused: Refusal) -> str:
    """Who cannot be asked, and why."""
    what = escape(refused.number) if refused.invoices == 1 else count(refused.invoices, "invoice")
    why = _WHY[refused.why]
    if refused.why == "links" and refused.links_disabled_reason:
        why += f" ({escape(refused.links_disabled_reason, 100)})"
    return f"*{escape(refused.customer_name, 100)}*: {what}, {why}"


def fallen(gone: Sequence[Fallen]) -> list[Block]:
    """What is no longer ticked, and why; no block when nothing fell out."""
    if not gone:
        return []
    told = [
        f"{escape(each.number, 100)} of {escape(each.customer_name, 60)}: {_WHY[each.why]}"
        for each in gone[:_MOST_FALLEN]
    ]
    more = len(gone) - _MOST_FALLEN
    told += [f"and {count(more, 'more invoice')}"] if more > 0 else []
    return [parts.section("\n".join([":warning: *No longer ticked*", *told]))]

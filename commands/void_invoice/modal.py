"""The forms that end an invoice: what there is, then exactly what will happen."""

import json

from commands import reasons
from commands import view_parts as parts
from commands.view_parts import Block, View
from commands.void_invoice.effect import Effect, Ending
from commands.void_invoice.service import EndInvoice
from renderers import block_kit
from renderers.mrkdwn import escape

FORM = "void"  # among the fields for an invoice
REVIEW = "pay.void.review"
SUBMIT = "pay.void.submit"
_TITLE = "Void or write off"
_SHOWN = 10
_ENDINGS: dict[Ending, tuple[str, str]] = {
    "void": ("Void", "It was never owed: what lies on it becomes credit"),
    "written_off": ("Write off", "It is owed and will not come: the rest is given up"),
}


def form(effect: Effect) -> View:
    possible: list[Ending] = ["void", "written_off"] if effect.can_write_off else ["void"]
    options = [parts.option(_ENDINGS[one][0], one, _meaning(effect, one)) for one in possible]
    reason = parts.line_box("reason", most=reasons.MOST, placeholder="Delivered to another shop")
    blocks = [
        _facts(effect),
        parts.field("ending", "What", parts.radio("ending", options, options[0]), optional=False),
        parts.field("reason", "Reason", reason, optional=False),
        parts.context("The next step shows exactly what will happen."),
    ]
    metadata = json.dumps({"number": effect.number})
    return parts.form(_TITLE, blocks, callback_id=REVIEW, submit="Review", metadata=metadata)


def _meaning(effect: Effect, ending: Ending) -> str:
    if effect.is_credit_memo:
        return "It was never granted: the invoices it was put on are owed again"
    return _ENDINGS[ending][1]


def parse(view: View) -> tuple[str, Ending, str]:
    """Number, what is to become of it, and why."""
    values = view["state"]["values"]
    ending: Ending = "written_off" if parts.chosen(values, "ending") == "written_off" else "void"
    return json.loads(view["private_metadata"])["number"], ending, parts.typed(values, "reason")


def review(effect: Effect, ending: Ending, reason: str, *, changed: bool = False) -> View:
    """`changed`: the invoice moved after it was shown, so it is shown again."""
    lines = [*_money(effect, ending), *_reach(effect), _last_word(effect, ending)]
    again = [parts.section(":warning: The invoice changed meanwhile. This is how it is now:")]
    blocks = [
        *(again if changed else []),
        parts.section(f"*{_heading(effect, ending)}*\nReason: {escape(reason, 300)}"),
        parts.section("\n".join(f"• {line}" for line in lines)),
    ]
    kept = {"number": effect.number, "ending": ending, "reason": reason, "seen": effect.seen}
    submit = f"Void {effect.title.lower()}" if ending == "void" else "Write off"
    view = parts.form(
        "Please check", blocks, callback_id=SUBMIT, submit=submit, metadata=json.dumps(kept)
    )
    return view | {"close": parts.plain("Back")}


def parse_review(view: View) -> EndInvoice:
    return EndInvoice(**json.loads(view["private_metadata"]))


def done(effect: Effect, ending: Ending) -> View:
    what = "void" if ending == "void" else "written off"
    text = f":white_check_mark: {escape(effect.number)} is {what}. The payments channel shows it."
    return parts.notice(_TITLE, text) | {"clear_on_close": True}


def _facts(effect: Effect) -> Block:
    return parts.facts(
        f"*{effect.title}*\n{escape(effect.number)}",
        f"*Customer*\n{escape(effect.customer_name)}",
        f"*Total*\n{block_kit.money(effect.total)}",
        f"*Balance*\n{block_kit.money(effect.balance)}",
        f"*State*\n{effect.status.replace('_', ' ')}",
    )


def _heading(effect: Effect, ending: Ending) -> str:
    number, name = escape(effect.number, 60), escape(effect.customer_name)
    if ending == "void":
        return f"Void {number} of {name}, {block_kit.money(effect.total)}"
    return f"Write off {block_kit.money(effect.balance)} of {number}, {name}"


def _money(effect: Effect, ending: Ending) -> list[str]:
    said = []
    if ending == "void":
        shown = effect.lying[:_SHOWN]
        becomes, become = ("is", "are") if effect.is_credit_memo else ("becomes", "become")
        what = "owed" if effect.is_credit_memo else "credit"
        said += [
            f"{block_kit.money(one.amount)} of {escape(one.source, 60)} {becomes} {what} again"
            for one in shown
        ]
        more = len(effect.lying) - len(shown)
        said += [f"and {more} more {become} {what} again"] if more else []
    elif effect.lying:
        said.append("What was paid on it stays on it")
    if effect.pending:
        by = f", expected by {block_kit.day(effect.expected_by)}" if effect.expected_by else ""
        amount = block_kit.money(effect.pending)
        said.append(f"A bank debit of {amount} is under way{by}: it becomes credit when it comes")
    return said


def _reach(effect: Effect) -> list[str]:
    said = []
    if effect.checkouts:
        said.append("A payment that was begun on Stripe's page can no longer be finished")
    if effect.waiting_mails:
        many = "1 mail" if effect.waiting_mails == 1 else f"{effect.waiting_mails} mails"
        said.append(f"{many} with it that waits does not leave any more")
    if effect.has_link:
        said.append("Its link stays, and its page says that there is nothing to pay")
    return said


def _last_word(effect: Effect, ending: Ending) -> str:
    anew = f"Only an import with a higher version issues {escape(effect.number, 60)} anew"
    if ending == "void":
        return f"{anew}; the number stays taken. *This cannot be undone here.*"
    return f"{anew}. *This cannot be undone here.*"

"""The second step: exactly what will be recorded."""

import json

from commands import view_parts as parts
from commands.record_payment.effect import Effect
from commands.record_payment.form import PaymentForm
from commands.record_payment.service import Recorded
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.documents import ReceiptLine
from renderers.mrkdwn import escape, local_time, mention
from storage.payments import Payment

RECORD = "pay.record.submit"
_TOGETHER = 10  # lines in one block
_MOST_ALIKE = 5
_MOST_LINES = 200


def view(form: PaymentForm, effect: Effect, *, changed: bool = False) -> View:
    """`changed`: the balances moved after it was shown, so it is shown again."""
    again = [parts.section(":warning: The balances changed meanwhile. This is how it is now:")]
    blocks = [
        *(again if changed else []),
        _facts(effect),
        *line_blocks(effect.lines),
        *_rest(effect),
        *_under_way(effect),
        *_alike(effect),
        *_stripe(effect),
        parts.context(_receipt(form)),
    ]
    return parts.form(
        "Review the payment",
        blocks,
        callback_id=RECORD,
        submit="Record payment",
        metadata=json.dumps({"id": form.id}),
    ) | {"close": parts.plain("Back")}


def recorded(done: Recorded) -> View:
    before = "was recorded already" if done.repeated else "is recorded"
    text = (
        f":white_check_mark: The payment of {escape(done.customer_name)} {before}:"
        f" {escape(done.payment_id)}. The payments channel shows it, with *Reverse*."
    )
    return parts.notice("Payment recorded", text) | {"clear_on_close": True}


def line_blocks(lines: tuple[ReceiptLine, ...]) -> list[Block]:
    texts = [_line(line) for line in lines[:_MOST_LINES]]
    more = len(lines) - len(texts)
    texts += [f"and {more} more invoices"] if more else []
    starts = range(0, len(texts), _TOGETHER)
    return [parts.section("\n".join(texts[start : start + _TOGETHER])) for start in starts]


def _facts(effect: Effect) -> Block:
    taken = effect.taken
    facts = [
        f"*Customer*\n{escape(effect.account.customer.name)}",
        f"*Amount*\n{block_kit.money(taken.amount)}",
        f"*Paid with*\n{escape(taken.method_detail)}",
        f"*Received on*\n{block_kit.day(taken.received_on)}",
    ]
    if taken.reference:
        facts.append(f"*Reference*\n{escape(taken.reference)}")
    return parts.facts(*facts)


def _line(line: ReceiptLine) -> str:
    left = f"{block_kit.money(line.remaining)} remains" if line.remaining else "then paid"
    return f"• {escape(line.invoice_number, 60)}: {block_kit.money(line.applied)}, {left}"


def _rest(effect: Effect) -> list[Block]:
    said: list[Block] = []
    if effect.excess:
        kept = block_kit.money(effect.excess)
        text = f":warning: *{kept} finds no invoice: kept as unapplied credit.*"
        said.append(parts.section(text))
    owed = block_kit.money(effect.owed_after)
    said.append(parts.context(f"The customer then owes {owed} in all."))
    return said


def _under_way(effect: Effect) -> list[Block]:
    named = [
        f"{escape(i.invoice.number, 60)}: {block_kit.money(i.pending)}" for i in effect.under_way
    ]
    if not named:
        return []
    text = f":bank: A bank debit is under way for {', '.join(named[:10])}."
    return [parts.section(f"{text} What it pays twice becomes unapplied credit when it arrives.")]


def _alike(effect: Effect) -> list[Block]:
    if not effect.duplicates:
        return []
    said = [f":warning: {_recorded_already(row)}" for row in effect.duplicates[:_MOST_ALIKE]]
    tick = parts.option("It is another payment: record it all the same", "another")
    box = parts.ticks("duplicate", [tick], [])
    return [
        parts.section("\n".join(said)),
        parts.field("duplicate", "Recorded already?", box, optional=False),
    ]


def _recorded_already(row: Payment) -> str:
    who = {"gateway": "through a payment link", "import": "by an import"}.get(row.source)
    by = who or f"by {mention(row.recorded_by)}"
    what = f" ({escape(row.method_detail or row.method, 60)})"
    return f"Recorded already {by} {local_time(row.recorded_at)}{what}: {escape(row.id, 60)}"


def _stripe(effect: Effect) -> list[Block]:
    if effect.stripe is None:
        return []
    name = escape(effect.stripe.id, 60)
    return [parts.section(f"{name} is here already, from Stripe: it is put on these invoices.")]


def _receipt(form: PaymentForm) -> str:
    return "A Receipt is mailed." if form.email_receipt else "No Receipt is mailed."

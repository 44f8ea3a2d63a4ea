"""Today's payments: sums by method and person, then each of them with Reverse."""

from commands import view_parts as parts
from commands.record_payment.form import METHODS
from commands.record_payment.today import Row, Today
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, local_time, mention
from renderers.slack_payments import REVERSE
from storage.money import Money

TURN = "pay.record.today."  # and "newer" or "older": action ids differ within a view
_SUMS_TOGETHER = 20  # lines in one block


def view(today: Today) -> View:
    blocks = [parts.section(f"*Recorded on {block_kit.day(today.day)}*"), *_sums(today)]
    blocks.append({"type": "divider"})
    blocks += [_payment(row) for row in today.rows]
    if today.pages > 1:
        blocks += [_pager(today), parts.context(f"Page {today.page + 1} of {today.pages}")]
    return parts.modal("Today's payments", blocks)


def _sums(today: Today) -> list[Block]:
    if not today.sums:
        return [parts.section("Nobody has recorded a payment today. /pay record begins one.")]
    totals, lines = dict[str, Money](), list[str]()
    for one in today.sums:
        amount = Money(one.amount, one.currency)
        totals[one.currency] = amount + totals.get(one.currency, Money(0, one.currency))
        many = f"{one.number} payment{'' if one.number == 1 else 's'}"
        method = METHODS.get(one.method, one.method)
        lines.append(f"{method}, {mention(one.recorded_by)}: {many}, {block_kit.money(amount)}")
    all_of_it = " and ".join(block_kit.money(total) for total in totals.values())
    starts = range(0, len(lines), _SUMS_TOGETHER)
    shown = [parts.section("\n".join(lines[n : n + _SUMS_TOGETHER])) for n in starts]
    return [*shown, parts.section(f"*In all {all_of_it}*, less what was reversed")]


def _payment(row: Row) -> Block:
    payment = row.payment
    amount = block_kit.money(Money(payment.amount, payment.currency))
    how = escape(payment.method_detail or payment.method, 60)
    reference = f" · {escape(payment.reference, 60)}" if payment.reference else ""
    who = f"{mention(payment.recorded_by)}, {local_time(payment.recorded_at)}"
    reversed_ = ":leftwards_arrow_with_hook: reversed · " if payment.refunded else ""
    text = f"{reversed_}*{amount}* {escape(row.customer_name)}\n{how}{reference} · {who}"
    block = parts.section(text)
    if payment.refunded < payment.amount:
        block["accessory"] = parts.button("Reverse", REVERSE, value=payment.id)
    return block


def _pager(today: Today) -> Block:
    turns = []
    if today.page > 0:
        turns.append(parts.button("Newer", TURN + "newer", value=str(today.page - 1)))
    if today.page + 1 < today.pages:
        turns.append(parts.button("Older", TURN + "older", value=str(today.page + 1)))
    return parts.actions("pager", *turns)

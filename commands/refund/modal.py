"""The form that refunds a payment, the exact effect before it is sent, and their parsers."""

import json
from typing import Any

from commands import view_parts as parts
from commands.refund.plan import Refundable, RefundPlan, RefundWish
from commands.refund.service import MOST_NOTE
from commands.view_parts import Block, View
from renderers import block_kit
from renderers.mrkdwn import escape, mention
from renderers.slack_refunds import REFUND_REASONS
from storage.money import Money

FORM = "pay.refund.form"
CONFIRM = "pay.refund.confirm"
_GROUP = 10  # check boxes that one element can hold
_MOST_INVOICES = 20


def form(draft_id: str, found: Refundable) -> View:
    blocks = [
        _facts(found),
        _amount(found.most),
        *_invoice_boxes(found),
        _reason(),
        _note(),
    ]
    kept = json.dumps({"draft": draft_id, "payment": found.payment.id})
    return parts.form("Refund", blocks, callback_id=FORM, submit="Continue", metadata=kept)


def parse(view: View) -> RefundWish:
    kept = json.loads(view["private_metadata"])
    values: dict[str, dict[str, Any]] = view["state"]["values"]
    groups = [block for block in values if block.startswith("off.")]
    return RefundWish(
        draft_id=kept["draft"],
        payment_id=kept["payment"],
        amount_text=_text(values, "amount"),
        reason=values["reason"]["reason"]["selected_option"]["value"],
        note=_text(values, "note"),
        invoices=tuple(number for group in groups for number in _ticked(values, group)),
    )


def confirmation(wish: RefundWish, plan: RefundPlan) -> View:
    """Everything that will happen; sent as it stands here."""
    kept = {
        "draft": wish.draft_id,
        "payment": wish.payment_id,
        "amount": wish.amount_text,
        "reason": wish.reason,
        "note": wish.note,
        "off": list(wish.invoices),
    }
    submit = "Ask for approval" if plan.way == "ask" else "Refund"
    metadata = json.dumps(kept, ensure_ascii=False)
    return parts.form(
        "Refund", _effect(wish, plan), callback_id=CONFIRM, submit=submit, metadata=metadata
    )


def parse_confirmation(view: View) -> RefundWish:
    kept = json.loads(view["private_metadata"])
    return RefundWish(
        draft_id=kept["draft"],
        payment_id=kept["payment"],
        amount_text=kept["amount"],
        reason=kept["reason"],
        note=kept["note"],
        invoices=tuple(kept["off"]),
        own_reason=_text(view["state"]["values"], "own_reason"),
    )


def _facts(found: Refundable) -> Block:
    payment = found.payment
    return parts.facts(
        f"*Customer*\n{escape(found.customer_name)}",
        f"*Payment*\n{escape(payment.id)}",
        f"*Paid*\n{block_kit.money(Money(payment.amount, payment.currency))}",
        f"*Received*\n{block_kit.day(payment.received_on)}",
        f"*With*\n{escape(payment.method_detail or payment.method)}",
        f"*Can be refunded*\n{block_kit.money(found.most)}",
    )


def _amount(most: Money) -> Block:
    box = parts.line_box("amount", most=20, initial=str(most.whole))
    return parts.field("amount", f"Amount in {most.currency}", box, optional=False)


def _invoice_boxes(found: Refundable) -> list[Block]:
    options = [
        parts.option(f"{number} · {_laid(found, amount)} of it", number)
        for number, amount in list(found.laid.items())[:_MOST_INVOICES]
    ]
    hint = "Tick none: unapplied credit first, then the invoice that was due last."
    return [
        parts.field(
            f"off.{start // _GROUP}",
            "Take it off these invoices",
            parts.ticks("off", options[start : start + _GROUP], []),
            optional=True,
            hint=hint,
        )
        for start in range(0, len(options), _GROUP)
    ]


def _laid(found: Refundable, amount: int) -> str:
    return block_kit.money(Money(amount, found.most.currency))


def _reason() -> Block:
    options = [parts.option(words.capitalize(), name) for name, words in REFUND_REASONS.items()]
    choice = parts.select("reason", options, chosen=options[0])
    return parts.field("reason", "Reason", choice, optional=False)


def _note() -> Block:
    box = parts.text_box("note", most=MOST_NOTE)
    return parts.field("note", "Note", box, optional=True, hint="For colleagues, not the customer.")


def _effect(wish: RefundWish, plan: RefundPlan) -> list[Block]:
    amount, who = block_kit.money(plan.amount), escape(plan.customer_name)
    lines = [
        f"• {escape(each.number)}: {block_kit.money(each.taken_off)} taken off, "
        f"then {block_kit.money(each.balance)} to pay"
        for each in plan.effects
    ]
    if plan.from_credit:
        lines.append(f"• {block_kit.money(plan.from_credit)} of unapplied credit")
    blocks = [
        parts.section(f"*{amount} goes back to {who}*\n{REFUND_REASONS[wish.reason].capitalize()}"),
        parts.section("\n".join(lines)),
        parts.context("The customer gets a mail. A refund cannot be undone."),
    ]
    return blocks + _who_decides(plan)


def _who_decides(plan: RefundPlan) -> list[Block]:
    if plan.way == "ask":
        people = ", ".join(mention(person) for person in plan.approvers[:10])
        return [parts.section(f":raised_hand: One of {people} has to approve it.")]
    if plan.way == "alone":
        text = "Nobody else can approve it, so you may, with a reason that is kept in the audit."
        box = parts.text_box("own_reason", most=500)
        field = parts.field("own_reason", "Why you approve it alone", box, optional=False)
        return [parts.section(text), field]
    return []


def _text(values: dict[str, dict[str, Any]], block: str) -> str:
    return (values.get(block, {}).get(block, {}).get("value") or "").strip()


def _ticked(values: dict[str, dict[str, Any]], block: str) -> list[str]:
    chosen = values[block]["off"].get("selected_options") or []
    return [str(option["value"]) for option in chosen]

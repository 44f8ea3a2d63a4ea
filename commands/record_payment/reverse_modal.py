"""The form that takes a payment back."""

import json
from typing import Any

from commands import reasons
from commands import view_parts as parts
from commands.record_payment.reverse import Reversible
from commands.view_parts import View
from renderers import block_kit
from renderers.mrkdwn import escape

SUBMIT = "pay.record.reverse.submit"


def form(payment: Reversible) -> View:
    numbers = ", ".join(escape(number, 60) for number in payment.invoice_numbers[:20])
    opens = f"The balance opens again on {numbers}." if numbers else "It lies on no invoice."
    amount = f"{block_kit.money(payment.amount)}, {escape(payment.method, 60)}"
    reason = parts.line_box("reason", most=reasons.MOST, placeholder="The cheque bounced")
    blocks = [
        parts.section(f"*{amount}* of {escape(payment.customer_name)}\n{opens}"),
        parts.field("reason", "Reason", reason, optional=False),
        parts.context("The payment stays in the history, marked as reversed."),
    ]
    metadata = json.dumps({"payment": payment.payment_id})
    return parts.form(
        "Reverse a payment", blocks, callback_id=SUBMIT, submit="Reverse", metadata=metadata
    )


def parse(view: dict[str, Any]) -> tuple[str, str]:
    """The payment's id and the reason."""
    typed = view["state"]["values"]["reason"]["reason"]["value"]
    return json.loads(view["private_metadata"])["payment"], str(typed or "")


def done(customer_name: str) -> View:
    text = f"The payment of {escape(customer_name)} is reversed, and the balances are open again."
    return parts.notice("Payment reversed", text) | {"clear_on_close": True}

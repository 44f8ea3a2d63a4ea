"""Which invoice is meant: chosen on a screen, or named by what somebody typed."""

from typing import Any

from commands import view_parts as parts
from commands.desk import Desk
from commands.errors import NotFound
from commands.send_invoice import finding
from commands.view_parts import View

FIND = "pay.invoice."  # and the form that asks


def named(desk: Desk, typed: str) -> finding.Found:
    """Those that `typed` may mean. Raises `NotFound`."""
    found = finding.meant(desk, typed)
    if not found:
        raise NotFound(f"No invoice, order, PO or customer begins with {typed!r}.")
    return found


def view(title: str, form: str, found: finding.Found | None = None) -> View:
    """The search, or a choice among `found`; choosing tells the bot at once."""
    shown = finding.view("", "", found)
    block = shown["blocks"][0]
    block["accessory"]["action_id"] = FIND + form
    return parts.modal(title, [block], close="Cancel")


def chosen_in(body: dict[str, Any]) -> str:
    """The number just chosen; "" for the line that says there are more."""
    number = str(body["actions"][0]["selected_option"]["value"])
    return "" if finding.is_hint(number) else number

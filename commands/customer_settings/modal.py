"""The form for what is set for a customer, and its parser."""

import json
from collections.abc import Sequence

from commands import reasons
from commands import view_parts as parts
from commands.customer_settings import choices
from commands.customer_settings.service import Order
from commands.customer_settings.settings import Settings, Standing
from commands.view_parts import Block, View
from renderers.mrkdwn import escape, local_time

SUBMIT = "pay.customer_settings.save"
SWITCH = "pay.customer_settings.links"
TITLE = "Customer settings"
_LONGEST = 3000  # characters of a text box
_LEAVE, _END = "leave", "end"


def form(standing: Standing, filled: Settings | None = None, *, notice: str = "") -> View:
    """`filled`: as somebody has filled it in already; `notice` (mrkdwn) stands on top."""
    shown = filled or standing.settings
    blocks = [
        *([parts.section(f":warning: {notice}")] if notice else []),
        parts.section(heading(standing)),
        *history(standing),
        *_switch(standing, shown),
        *_emails(standing, shown),
        parts.field("rep", "Sales representative", choices.rep(standing, shown), optional=True),
        parts.field(
            "group", "Group", parts.line_box("group", most=200, initial=shown.group), optional=True
        ),
        parts.field("method", "Preferred way to pay", choices.method(shown), optional=True),
        parts.field("locale", "Numbers and dates", choices.locale(shown), optional=True),
    ]
    kept = {"customer": standing.customer_id, "seen": standing.settings.fingerprint}
    metadata = json.dumps(kept)
    return parts.form(TITLE, blocks, callback_id=SUBMIT, submit="Save", metadata=metadata)


def heading(standing: Standing) -> str:
    return f"*{escape(standing.name)}*  ·  {escape(standing.customer_id)}"


def history(standing: Standing) -> list[Block]:
    """Why links are disabled, and who changed the settings last."""
    said = []
    if standing.disabled_reason:
        said.append(f"Payment links are disabled: {escape(standing.disabled_reason, 300)}")
    if standing.links_kept:
        said.append("Links that were out before still work")
    if standing.last_change:
        change = standing.last_change
        at = local_time(change.at)
        said.append(f"Last changed by {escape(change.by)}, {at}")
    return [parts.context("\n".join(said))] if said else []


def _switch(standing: Standing, shown: Settings) -> list[Block]:
    choice = parts.option("Enable payment links", "links", "New mails and PDFs carry a pay button")
    box = parts.ticks(SWITCH, [choice], [choice] if shown.links_enabled else [])
    switch = parts.field("links", "Payment links", box, optional=True) | {"dispatch_action": True}
    if standing.settings.links_enabled and not shown.links_enabled:
        return [switch, *_disabling(standing)]
    if shown.links_enabled and not standing.settings.links_enabled:
        anew = "Links that were turned off stay off: send a document again for a new one."
        return [switch, parts.context(anew)]
    return [switch]


def _disabling(standing: Standing) -> list[Block]:
    links = "open link" if standing.open_links == 1 else f"{standing.open_links} open links"
    end = parts.option(f"Turn off the {links}", _END, "Their pages say whom to call")
    leave = parts.option("Leave what is out", _LEAVE, "Only new mails go without a link")
    radio = parts.radio("open_links", [end, leave], end)
    asked = [parts.field("open_links", "Links that are out", radio, optional=False)]
    reason = parts.line_box("reason", most=reasons.MOST, placeholder="Pays by cheque only")
    return [
        *(asked if standing.open_links else []),
        parts.field("reason", "Reason", reason, optional=False),
        parts.context(
            "Mails that wait go without a link. A bank debit under way goes on."
            " Enabling later does not bring links back."
        ),
    ]


def _emails(standing: Standing, shown: Settings) -> list[Block]:
    statements = "Empty: the addresses for invoices."
    return [
        _address_box("invoice_emails", "Invoice e-mails", shown.invoice_emails),
        _address_box("statement_emails", "Statement e-mails", shown.statement_emails, statements),
        *_refused(standing),
    ]


def _address_box(name: str, label: str, addresses: Sequence[str], hint: str = "") -> Block:
    lines = "\n".join(addresses)
    if len(lines) > _LONGEST:
        return parts.section(f"*{label}*\nToo many to change here: import them from a file.")
    box = parts.text_box(name, most=_LONGEST, initial=lines)
    return parts.field(name, label, box, optional=True, hint=hint)


def _refused(standing: Standing) -> list[Block]:
    lines = [
        f":warning: {escape(address)} was refused by its mail server: {escape(reply, 200)}"
        for address, reply in list(standing.refused.items())[:5]
    ]
    return [parts.context("\n".join(lines))] if lines else []


def customer_of(view: View) -> str:
    return str(json.loads(view["private_metadata"])["customer"])


def typed_addresses(view: View) -> dict[str, str]:
    """By field; one that could not be changed here is left out."""
    values = view["state"]["values"]
    names = ("invoice_emails", "statement_emails")
    return {name: parts.typed(values, name) for name in names if name in values}


def parse(view: View, before: Settings, addresses: dict[str, tuple[str, ...]]) -> Order:
    """`before` stands for what the form cannot change; `addresses` are those typed, as read."""
    values = view["state"]["values"]
    kept = json.loads(view["private_metadata"])
    settings = Settings(
        links_enabled=parts.is_ticked(values, "links"),
        invoice_emails=addresses.get("invoice_emails", before.invoice_emails),
        statement_emails=addresses.get("statement_emails", before.statement_emails),
        group=parts.typed(values, "group"),
        preferred_method=choices.meant(parts.chosen(values, "method")),
        sales_rep=choices.meant(parts.chosen(values, "rep")),
        locale=choices.meant(parts.chosen(values, "locale")),
    )
    end = parts.chosen(values, "open_links") != _LEAVE
    return Order(kept["customer"], settings, kept["seen"], end, parts.typed(values, "reason"))


def asks_why(view: View) -> bool:
    """Whether the form that was sent had the fields for disabling."""
    return "reason" in view["state"]["values"]

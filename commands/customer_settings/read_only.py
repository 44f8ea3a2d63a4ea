"""The settings of a customer for whoever may only see them, and what was saved."""

from commands import view_parts as parts
from commands.customer_settings import modal
from commands.customer_settings.checks import METHODS
from commands.customer_settings.service import Saved
from commands.customer_settings.settings import Standing
from commands.view_parts import View
from renderers.mrkdwn import escape

_NAMES = {
    "links_enabled": "payment links",
    "invoice_emails": "invoice e-mails",
    "statement_emails": "statement e-mails",
    "group": "group",
    "preferred_method": "preferred way to pay",
    "sales_rep": "sales representative",
    "locale": "numbers and dates",
}


def view(standing: Standing, whom_to_ask: str) -> View:
    """`whom_to_ask`: mrkdwn."""
    settings = standing.settings
    method = METHODS.get(settings.preferred_method, settings.preferred_method)
    links = "enabled" if settings.links_enabled else "disabled"
    blocks = [
        parts.section(modal.heading(standing)),
        *modal.history(standing),
        parts.facts(
            f"*Payment links*\n{links}, {standing.open_links} open",
            f"*Group*\n{escape(settings.group, 100) or '–'}",
            f"*Sales representative*\n{escape(standing.sales_rep_name) or '–'}",
            f"*Preferred way to pay*\n{escape(method) or '–'}",
            f"*Invoice e-mails*\n{_list(settings.invoice_emails)}",
            f"*Statement e-mails*\n{_list(settings.statement_emails) or 'as invoices'}",
        ),
        parts.context(f"These cannot be changed by you. {whom_to_ask}"),
    ]
    return parts.modal(modal.TITLE, blocks)


def saved(done: Saved) -> View:
    """Says exactly what is different now."""
    if not done.changed:
        said = f"Nothing was changed for {escape(done.name)}."
    else:
        names = ", ".join(_NAMES[name] for name in done.changed)
        said = f":white_check_mark: Saved for {escape(done.name)}: {names}."
    if "links_enabled" in done.changed:
        said += f"\n{_links(done)}"
    return parts.notice(modal.TITLE, said) | {"clear_on_close": True}


def _links(done: Saved) -> str:
    if done.links_enabled:
        return "Payment links are enabled: new mails carry one."
    ended = "1 link was" if done.ended_links == 1 else f"{done.ended_links} links were"
    told = f" {ended} turned off." if done.ended_links else ""
    return f"Payment links are disabled.{told}"


def _list(addresses: tuple[str, ...]) -> str:
    shown = ", ".join(escape(address, 80) for address in addresses[:10])
    more = len(addresses) - 10
    return f"{shown} and {more} more" if more > 0 else shown

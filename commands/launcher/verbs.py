"""The verbs of /pay that exist: each new act adds its row, the launcher and the help follow."""

from commands.access import Permission
from commands.errors import NotFound
from commands.launcher import help_text
from commands.launcher.verb import Typing, Verb
from commands.order_summary import listener as order_summary
from commands.send_invoice import listener as send_invoice


def _invoice(typing: Typing) -> None:
    """An order that has no invoice yet is shown itself: there is nothing else of that number."""
    try:
        send_invoice.open_form(
            typing.actor, typing.desk, typing.client, typing.body, typing.argument
        )
    except NotFound:
        if not order_summary.is_order(typing):
            raise
        order_summary.open_summary(typing)
        return
    typing.ack()


def _help(typing: Typing) -> None:
    typing.ack(text=help_text.usage(typing.actor, VERBS), response_type="ephemeral")


VERBS: tuple[Verb, ...] = (
    Verb(
        "invoice",
        "[number, PO or customer]",
        "mail an invoice, with or without its Payment Link",
        "Send an invoice",
        Permission.SEND_INVOICE,
        _invoice,
    ),
    Verb(
        "order",
        "[number, PO or customer]",
        "see orders, and mail their documents with Email Docs",
        "Order Summary",
        Permission.SEE_INVOICES,
        order_summary.open_summary,
    ),
    Verb("help", "", "see this list", "", Permission.SEE_INVOICES, _help),
)


def named(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)

"""The verbs of /pay that exist: each new act adds its row, the launcher and the help follow."""

from commands.access import Permission
from commands.approvals import listener as approvals
from commands.launcher import help_text
from commands.launcher.verb import Typing, Verb
from commands.refund import listener as refund
from commands.send_invoice import listener as send_invoice


def _invoice(typing: Typing) -> None:
    send_invoice.open_form(typing.actor, typing.desk, typing.client, typing.body, typing.argument)
    typing.ack()


def _refund(typing: Typing) -> None:
    refund.open_form(typing.actor, typing.desk, typing.client, typing.body, typing.argument)
    typing.ack()


def _approvals(typing: Typing) -> None:
    approvals.show_waiting(typing.ack, typing.actor, typing.desk)


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
        "refund",
        "[payment, invoice or customer]",
        "give a payment back, in whole or in part",
        "Refund a payment",
        Permission.ASK_FOR_REFUND,
        _refund,
    ),
    Verb(
        "approvals",
        "",
        "see what waits for a decision",
        "",
        Permission.SEE_INVOICES,
        _approvals,
    ),
    Verb("help", "", "see this list", "", Permission.SEE_INVOICES, _help),
)


def named(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)

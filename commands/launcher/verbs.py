"""The verbs of /pay that exist: each new act adds its row, the launcher and the help follow."""

from commands.access import Permission
from commands.apply_credit import listener as apply_credit
from commands.launcher import help_text
from commands.launcher.verb import Typing, Verb
from commands.link_status import listener as link_status
from commands.record_payment import listener as record_payment
from commands.send_invoice import listener as send_invoice
from commands.void_invoice import listener as void_invoice


def _invoice(typing: Typing) -> None:
    send_invoice.open_form(typing.actor, typing.desk, typing.client, typing.body, typing.argument)
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
        "record",
        "[customer, invoice or today]",
        "record a cheque, cash or a transfer; `today` lists what was recorded",
        "Record a payment",
        Permission.RECORD_PAYMENT,
        record_payment.run,
    ),
    Verb(
        "credit",
        "[customer or invoice]",
        "put credit memos and unapplied credit on invoices, or take them off",
        "Apply credit",
        Permission.RECORD_PAYMENT,
        apply_credit.run,
    ),
    Verb(
        "void",
        "[number, PO or customer]",
        "void an invoice, or write off what is left of it",
        "Void an invoice",
        Permission.RECORD_PAYMENT,
        void_invoice.run,
    ),
    Verb(
        "status",
        "[number, PO or customer]",
        "see how an invoice and its link stand, and show the link at the counter",
        "Invoice status",
        Permission.SEE_INVOICES,
        link_status.status,
    ),
    Verb("help", "", "see this list", "", Permission.SEE_INVOICES, _help),
)


def named(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)

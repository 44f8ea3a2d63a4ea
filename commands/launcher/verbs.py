"""The verbs of /pay that exist: each new act adds its row, the launcher and the help follow."""

from dataclasses import replace

from commands.access import Permission, require
from commands.aging import listener as aging
from commands.apply_credit import listener as apply_credit
from commands.approvals import listener as approvals
from commands.customer_settings import listener as customer_settings
from commands.launcher import help_text
from commands.launcher.verb import Typing, Verb
from commands.link_status import listener as link_status
from commands.open_invoices import listener as open_invoices
from commands.order_summary import listener as order_summary
from commands.orders import issuing
from commands.orders import listener as orders
from commands.payments_account import listener as payments_account
from commands.record_payment import listener as record_payment
from commands.refund import listener as refund
from commands.schedules import listener as schedules
from commands.send_invoice import finding
from commands.send_invoice import listener as send_invoice
from commands.send_statement import listener as send_statement
from commands.void_invoice import listener as void_invoice


def _invoice(typing: Typing) -> None:
    """An order whose invoice cannot be issued here is shown itself: it says why."""
    order = finding.order_without_invoice(typing.desk, typing.argument) if typing.argument else None
    if order is not None and issuing.why_no_issue(typing.actor, typing.desk, order):
        order_summary.open_summary(replace(typing, argument=order.number))
        return
    send_invoice.open_form(typing.actor, typing.desk, typing.client, typing.body, typing.argument)
    typing.ack()


def _statement(typing: Typing) -> None:
    """Of the customer named; else whoever owes something is there to choose from."""
    require(typing.actor, Permission.SEND_STATEMENT)
    run = send_statement.run if typing.argument.strip() else aging.open_aging
    run(typing)


def _refund(typing: Typing) -> None:
    refund.open_form(typing.actor, typing.desk, typing.client, typing.body, typing.argument)
    typing.ack()


def _approvals(typing: Typing) -> None:
    approvals.show_waiting(typing.ack, typing.actor, typing.desk)


def _help(typing: Typing) -> None:
    said = help_text.usage(typing.actor, typing.desk, VERBS)
    typing.ack(text=said, response_type="ephemeral")


VERBS: tuple[Verb, ...] = (
    Verb(
        "invoice",
        "[number, PO or customer]",
        "mail an invoice, with or without its Payment Link",
        "Send an invoice",
        Permission.SEND_INVOICE,
        _invoice,
    ),
    # Two words are no verb to the parser: `order` runs, these are its help and its button.
    Verb(
        "order new",
        "[customer]",
        "take an order, and issue and mail its invoice",
        "New order",
        Permission.CREATE_ORDER,
        orders.new,
        offered=lambda policy: policy.order_entry,
    ),
    Verb(
        "order",
        "[number, PO or customer]",
        "see orders, and mail their documents with Email Docs",
        "Order Summary",
        Permission.SEE_INVOICES,
        orders.run,
    ),
    Verb(
        "aging",
        "[customer]",
        "see who owes what since when, and send statements",
        "Aging / Statements",
        Permission.SEE_INVOICES,
        aging.open_aging,
    ),
    Verb(
        "open",
        "[customer, number or PO]",
        "tick open invoices and send each customer one mail with one Payment Link",
        "Open Invoices",
        Permission.BUILD_BULK_SEND,
        open_invoices.run,
    ),
    Verb(
        "statement",
        "[customer]",
        "send a customer's statement, with or without its Payment Link",
        "",  # its button is Aging / Statements
        Permission.SEND_STATEMENT,
        _statement,
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
    Verb(
        "customer",
        "[customer or invoice]",
        "see and change a customer's settings: payment links, addresses, representative",
        "Customer settings",
        Permission.SEE_INVOICES,
        customer_settings.run,
    ),
    Verb(
        "schedule",
        "",
        "see and change when statements go out by themselves",
        "Period-end statements",
        Permission.ADMINISTER,
        schedules.run,
    ),
    Verb(
        "account",
        "",
        "see whether the payments account can take money, and the last comparison with Stripe",
        "Payments account",
        Permission.ADMINISTER,
        payments_account.run,
    ),
    Verb("help", "", "see this list", "", Permission.SEE_INVOICES, _help),
)


def named(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)

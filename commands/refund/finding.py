"""Find the payment that somebody means: by its own id, by an invoice, or by a customer."""

from sqlmodel import Session

from commands import view_parts as parts
from commands.desk import Desk
from commands.send_invoice import finding as invoice_finding
from commands.view_parts import Block, View
from renderers import block_kit
from storage import customers, payments
from storage.customers import Customer
from storage.money import Money
from storage.payments import Payment

FIND = "pay.find_payment"
MOST = 99  # options; one place is left for the hint

Found = list[tuple[Payment, Customer | None]]


def meant(desk: Desk, typed: str) -> Found:
    """Payments through Stripe that still can be refunded, newest first."""
    with desk.database.reading() as session:
        named = payments.find(session, typed.strip())
        if named is not None:
            return _with_customers(session, [named])
    rows = invoice_finding.meant(desk, typed)
    with desk.database.reading() as session:
        numbers = [invoice.number for invoice, _ in rows]
        owners = sorted({customer.id for _, customer in rows})
        found = payments.through_gateway(session, invoice_numbers=numbers, limit=MOST + 1)
        if len(rows) != 1:
            found = payments.through_gateway(session, customer_ids=owners, limit=MOST + 1)
        return _with_customers(session, found)


def _with_customers(session: Session, rows: list[Payment]) -> Found:
    return [(row, customers.find(session, row.customer_id or "")) for row in rows]


def offered(found: Found) -> list[Block]:
    shown = [_choice(payment, customer) for payment, customer in found[:MOST]]
    if len(found) > MOST:
        shown.append(parts.option("There are more: type more of it", invoice_finding.HINT))
    return shown


def _choice(payment: Payment, customer: Customer | None) -> Block:
    amount = block_kit.money(Money(payment.amount, payment.currency))
    rest = f"{amount} on {block_kit.day(payment.received_on)}"
    name = parts.clip(customer.name if customer else "Unknown customer", 40)
    return parts.option(f"{name} · {rest}", payment.id, payment.method_detail or payment.id)


def view(found: Found | None = None) -> View:
    """The search, or a choice among `found`; choosing tells the bot at once."""
    element: Block = {"type": "external_select", "min_query_length": 2}
    if found:
        element = {"type": "static_select", "options": offered(found[:MOST])}
    words = "Choose" if found else "Invoice, customer or payment"
    element |= {"action_id": FIND, "placeholder": parts.plain(words)}
    block: Block = {
        "type": "section",
        "block_id": "find",
        "text": parts.mrkdwn("*Which payment?*"),
        "accessory": element,
    }
    return parts.modal("Refund", [block], close="Cancel") | {"callback_id": FIND}

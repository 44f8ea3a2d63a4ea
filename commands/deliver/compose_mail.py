"""Composing a mail from its row, from the ledger as it is when its turn comes."""

from dataclasses import dataclass

from sqlmodel import Session

from commands import invoice_document, order_document, pdf_files
from commands.bulk_send import wanted
from commands.bulk_send.letter import bulk_letter
from commands.deliver import credit_lines, statement_mail
from commands.deliver.answering import answering, reply_to
from commands.deliver.letter import Letter, carried
from commands.deliver.money_news import refund_lines
from commands.desk import Desk
from commands.errors import NotFound
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from renderers import emails
from renderers.documents import (
    EmailContent,
    InvoiceDocument,
    InvoiceEmail,
    OrderDocument,
    OrderEmail,
    Receipt,
    ReceiptLine,
    RefundMail,
)
from renderers.formats import DEFAULT_LOCALE
from storage import (
    credit_uses,
    customers,
    disputes,
    invoices,
    payment_links,
    payments,
    refunds,
    users,
)
from storage.credit_uses import CreditUse
from storage.customers import Customer
from storage.deliveries import Delivery
from storage.money import Money
from storage.payments import Payment
from storage.users import User


def compose(desk: Desk, row: Delivery) -> Letter:
    """Raises `NotFound` when the row is about something that is gone."""
    match row.purpose:
        case "invoice" | "order_confirmation":
            return _documents(desk, row)
        case "statement":
            return statement_mail.compose(desk, row)
        case "bulk":
            return bulk_letter(desk, row)
        case "receipt":
            return _receipt(desk, row)
        case "refund":
            return _refund(desk, row)
    raise NotFound(f"There is no mail called {row.purpose}.")


def link_ended(session: Session, row: Delivery) -> bool:
    """The row's mail carries a link, and may not any more."""
    if row.link_id is None:
        return False
    link = payment_links.find(session, row.link_id)
    customer = customers.find(session, row.customer_id or "")
    return not (link and link.state == "active" and customer and customer.payment_links_enabled)


def is_outdated(session: Session, row: Delivery) -> bool:
    """What was frozen for the row asks for another amount than is due by now."""
    return row.purpose == "bulk" and wanted.asks(session, row) != row.payload.get("asked")


# -- an invoice or a credit memo, an order confirmation, or both --------------------------------


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one view of the ledger says about the mail."""

    invoice: InvoiceDocument | None
    order: OrderDocument | None
    sender: User | None
    answering: User | None  # who gets the customer's reply; None: the company
    no_link_reason: str


def _documents(desk: Desk, row: Delivery) -> Letter:
    facts = _look_up(desk, row)
    invoice, order = facts.invoice, facts.order
    attachments = [pdf_files.invoice_pdf(desk, invoice)] if invoice else []
    attachments += [pdf_files.order_pdf(desk, order)] if order else []
    return Letter(
        content=_content(facts, row.payload["message"]),
        reply_to=facts.answering.email if facts.answering else "",
        attachments=tuple(attachments),
        automatic=facts.sender is None,
        link_id=row.link_id if invoice and invoice.pay_url else None,
        no_link_reason=facts.no_link_reason,
        version=invoice.version if invoice else 0,
    )


def _content(facts: _Facts, message: str) -> EmailContent:
    name = facts.answering.name if facts.answering else ""
    if facts.invoice is not None:
        return emails.invoice_email(InvoiceEmail(facts.invoice, name, message, facts.order))
    if facts.order is not None:
        return emails.order_email(OrderEmail(facts.order, name, message))
    raise NotFound("The mail is about no document.")


def _look_up(desk: Desk, row: Delivery) -> _Facts:
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        url, reason = _link(session, desk, row, account)
        invoice = order = None
        if row.invoice_number:
            trial = desk.policy.mail_mode == "redirect"
            number = row.invoice_number
            invoice = invoice_document.assemble(
                session, desk.company, number, pay_url=url, trial=trial
            )
        if row.order_number:
            order = order_document.assemble(session, desk.company, row.order_number)
        sender = users.find(session, row.created_by)
        return _Facts(invoice, order, sender, answering(session, row, sender), reason)


def _link(
    session: Session, desk: Desk, row: Delivery, account: AccountState
) -> tuple[str | None, str]:
    """The address of the link, or None and the reason: decided now, not when it was queued."""
    if row.link_id is None:
        return None, ""
    link = payment_links.find(session, row.link_id)
    customer = customers.find(session, row.customer_id or "")
    invoice = invoices.find(session, row.invoice_number or "")
    if customer is None or invoice is None:
        return None, ""
    reason = payment_link.why_no_link(
        customer, invoice, account, disputed=disputes.is_open_for(session, invoice.number)
    )
    return carried(desk, link, reason)


# -- a receipt ----------------------------------------------------------------------------------


def _receipt(desk: Desk, row: Delivery) -> Letter:
    with desk.database.reading() as session:
        receipt = _receipt_value(session, desk, row)
        to = reply_to(session, row, None)
    return Letter(content=emails.receipt_email(receipt), reply_to=to, automatic=True)


def _receipt_value(session: Session, desk: Desk, row: Delivery) -> Receipt:
    payment = payments.find(session, row.payload["payment"])
    use = credit_uses.find(session, row.payload["payment"])
    customer = customers.find(session, row.customer_id or "")
    if customer is not None and use is not None:
        return _receipt_of_credit(session, desk, customer, use)
    if payment is None or customer is None:
        raise NotFound("The payment of this receipt is gone.")
    return Receipt(
        company=desk.company,
        customer=invoice_document.party(customer),
        payment_id=payment.id,
        amount=Money(payment.amount, payment.currency),
        method=payment.method_detail or payment.method,
        paid_on=payment.received_on,
        lines=receipt_lines(session, payment),
        unapplied=Money(payment.unapplied, payment.currency),
        statement_descriptor=payment.statement_descriptor,
        customer_reference=payment.reference,
        locale=customer.locale or DEFAULT_LOCALE,
        credits=credit_lines.of_payment(session, payment, customer.locale or DEFAULT_LOCALE),
    )


def _receipt_of_credit(session: Session, desk: Desk, customer: Customer, use: CreditUse) -> Receipt:
    """Nothing was charged."""
    locale = customer.locale or DEFAULT_LOCALE
    return Receipt(
        company=desk.company,
        customer=invoice_document.party(customer),
        payment_id=use.id,
        amount=Money(use.amount, use.currency),
        method="Your credit",
        paid_on=desk.policy.today(use.used_at),
        lines=(),
        unapplied=Money(0, use.currency),
        statement_descriptor="",
        customer_reference=use.reference,
        locale=locale,
        credits=tuple(credit_lines.of_use(session, use, locale)),
        by_credit=True,
    )


# -- a refund -----------------------------------------------------------------------------------


def _refund(desk: Desk, row: Delivery) -> Letter:
    with desk.database.reading() as session:
        refund = _refund_value(session, desk, row)
        to = reply_to(session, row, None)
    return Letter(content=emails.refund_email(refund), reply_to=to, automatic=True)


def _refund_value(session: Session, desk: Desk, row: Delivery) -> RefundMail:
    refund = refunds.find(session, row.payload["refund"])
    payment = payments.find(session, refund.payment_id) if refund else None
    customer = customers.find(session, row.customer_id or "")
    if refund is None or payment is None or customer is None:
        raise NotFound("The refund of this mail is gone.")
    return RefundMail(
        company=desk.company,
        customer=invoice_document.party(customer),
        refund_id=refund.id,
        payment_id=payment.id,
        amount=Money(refund.amount, refund.currency),
        paid=Money(payment.amount, payment.currency),
        method=payment.method_detail or payment.method,
        paid_on=payment.received_on,
        refunded_on=desk.policy.today(refund.made_at),
        lines=refund_lines(session, refund.id, refund.currency),
        locale=customer.locale or DEFAULT_LOCALE,
    )


def receipt_lines(session: Session, payment: Payment) -> tuple[ReceiptLine, ...]:
    """What the payment settled, and what is left to pay of each invoice now."""
    lines = []
    for part in payments.allocations(session, payment.id):
        invoice = invoices.find(session, part.invoice_number)
        assert invoice is not None  # the foreign key keeps it
        applied = Money(part.amount, payment.currency)
        lines.append(ReceiptLine(part.invoice_number, applied, invoice.balance))
    return tuple(lines)

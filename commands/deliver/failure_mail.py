"""Composing the mail about a bank debit that failed, from the ledger as it is by then."""

from sqlmodel import Session

from commands import invoice_document
from commands.deliver.answering import reply_to
from commands.deliver.letter import Letter
from commands.desk import Desk
from commands.errors import NotFound
from commands.keyring import KeyMissing
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.take_payment import due
from renderers.failure_email import FailureMail, failure_email
from renderers.formats import DEFAULT_LOCALE
from storage import checkouts, customers, payment_links, payments
from storage.deliveries import Delivery
from storage.money import Money
from storage.payment_links import PaymentLink


def compose(desk: Desk, row: Delivery) -> Letter:
    """Raises `NotFound` when the row is about something that is gone."""
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        failure = _value(session, desk, row, account)
        to = reply_to(session, row, None)
    link_id = row.link_id if failure.pay_url else None
    return Letter(failure_email(failure), reply_to=to, automatic=True, link_id=link_id)


def _value(session: Session, desk: Desk, row: Delivery, account: AccountState) -> FailureMail:
    payment = payments.find(session, row.payload["payment"])
    customer = customers.find(session, row.customer_id or "")
    link = payment_links.find(session, row.link_id or "")
    if payment is None or customer is None or link is None:
        raise NotFound("The payment of this mail is gone.")
    meant = checkouts.shares(session, payment.attempt_id or "")
    items = [item for item in due.items(session, link) if item.invoice.number in meant]
    still_open = [item for item in items if item.payable]
    closed = payment_link.why_no_new_link(customer, account)
    return FailureMail(
        company=desk.company,
        customer=invoice_document.party(customer),
        payment_id=payment.id,
        amount=Money(payment.amount, payment.currency),
        method=payment.method_detail or payment.method,
        begun_on=payment.received_on,
        open_now=tuple((item.invoice.number, item.payable) for item in still_open),
        pay_url=_url(desk, link) if still_open and not closed else None,
        locale=customer.locale or DEFAULT_LOCALE,
    )


def _url(desk: Desk, link: PaymentLink) -> str | None:
    if link.state != "active":
        return None
    try:
        return payment_link.url(desk, link)
    except KeyMissing:
        return None

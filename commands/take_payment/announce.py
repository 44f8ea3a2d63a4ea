"""What is told to whom when a payment becomes known, succeeds or comes back."""

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from commands.rules import addresses
from renderers.slack_values import PaymentEvent
from storage import checkouts, customers, deliveries, users
from storage.checkouts import CheckoutAttempt
from storage.credit_uses import CreditUse
from storage.deliveries import Delivery
from storage.payments import Payment

_WITH_LINK = ("invoice", "statement", "bulk")  # mails to whose recipients a receipt goes


def tell(
    session: Session, desk: Desk, payment: Payment, *, event: PaymentEvent, numbers: list[str]
) -> None:
    """The payments channel, and the thread of every card that shows one of these invoices."""
    now, channel = desk.clock.now(), desk.policy.payments_channel
    outbox.queue_confirmation(session, payment_id=payment.id, event=event, channel=channel, now=now)
    payload = {"payment": payment.id, "event": event}
    for mail in deliveries.mails_covering(session, numbers):
        change = f"{payment.id}:{event}"
        outbox.queue_thread_notes(session, mail, change=change, payload=payload, now=now)


def tell_of_reversal(
    session: Session, desk: Desk, payment: Payment, *, numbers: list[str], change: str
) -> None:
    """In the thread of the confirmation and of every card; the confirmation loses its button,
    and so does a notice about excess of which nothing is left.
    """
    now = desk.clock.now()
    payload = {"payment": payment.id, "event": "reversed", "invoices": numbers}
    confirmation = deliveries.find_by_key(session, f"confirmation:{payment.id}:paid")
    if confirmation is not None:
        outbox.queue_reply(session, confirmation, change=change, payload=payload, now=now)
        outbox.queue_edit(session, confirmation, change=change, now=now)
    for mail in deliveries.mails_covering(session, numbers):
        outbox.queue_thread_notes(session, mail, change=change, payload=payload, now=now)
    excess_settled(session, desk, payment, change=change)


def send_receipt(session: Session, desk: Desk, payment: Payment, attempt: CheckoutAttempt) -> None:
    """To everybody who should know of the money, once."""
    recipients = payers(session, payment)
    if recipients:
        outbox.queue_receipt_mail(
            session,
            payment_id=payment.id,
            customer_id=attempt.customer_id,
            recipients=recipients,
            now=desk.clock.now(),
            domain=desk.policy.mail_domain,
        )


def tell_of_failure(
    session: Session, desk: Desk, payment: Payment, attempt: CheckoutAttempt
) -> None:
    """The customer believes that it is paid: whoever should know learns that it is not, once."""
    recipients = payers(session, payment)
    if recipients:
        outbox.queue_failure_mail(
            session,
            payment,
            link_id=attempt.link_id,
            recipients=recipients,
            now=desk.clock.now(),
            domain=desk.policy.mail_domain,
        )


def tell_of_credit(session: Session, desk: Desk, use: CreditUse, *, numbers: list[str]) -> None:
    """Channel, cards and customer hear of invoices that credit alone has paid, as of a payment."""
    now, channel, event = desk.clock.now(), desk.policy.payments_channel, "credited"
    outbox.queue_confirmation(session, payment_id=use.id, event=event, channel=channel, now=now)
    payload = {"payment": use.id, "event": event}
    for mail in deliveries.mails_covering(session, numbers):
        outbox.queue_thread_notes(session, mail, change=use.id, payload=payload, now=now)
    recipients = addresses.distinct(_recipients(session, use.link_id, use.customer_id))
    if recipients:
        outbox.queue_receipt_mail(
            session,
            payment_id=use.id,
            customer_id=use.customer_id,
            recipients=recipients,
            now=now,
            domain=desk.policy.mail_domain,
        )


def payers(session: Session, payment: Payment) -> list[str]:
    """To whom the document went, and whoever paid; nobody twice."""
    attempt = checkouts.find(session, payment.attempt_id) if payment.attempt_id else None
    payer = [payment.payer_email] if payment.payer_email else []
    link_id = attempt.link_id if attempt else ""
    return addresses.distinct([*_recipients(session, link_id, payment.customer_id or ""), *payer])


def notify(session: Session, desk: Desk, *, key: str, text: str, excess_of: str = "") -> None:
    """A sentence in the payments channel, once for each `key`.

    With `excess_of`, a payment's id, it asks what is to become of the credit that was kept.
    """
    channel, now = desk.policy.payments_channel, desk.clock.now()
    outbox.queue_notice(session, key=key, text=text, channel=channel, now=now, excess_of=excess_of)


def excess_settled(session: Session, desk: Desk, payment: Payment, *, change: str) -> None:
    """Show on the notice about the payment's excess, if there is one, what is left of it."""
    notice = deliveries.find_by_key(session, excess_key(payment.id))
    if notice is not None:
        outbox.queue_edit(session, notice, change=change, now=desk.clock.now())


def excess_key(payment_id: str) -> str:
    """Of the delivery that told of it."""
    return f"notice:unapplied:{payment_id}"


def _recipients(session: Session, link_id: str, customer_id: str) -> list[str]:
    mails = deliveries.mails_with_link(session, link_id) if link_id else []
    mailed = [
        address
        for mail in mails
        if mail.purpose in _WITH_LINK and mail.status in {"sent", "sending", "unknown"}
        for address in _customers_own(session, mail)
    ]
    on_file = customers.contacts(session, customer_id, "invoice")
    return mailed or [contact.address for contact in on_file]


def _customers_own(session: Session, mail: Delivery) -> list[str]:
    """The mail's addresses without those refused and without the sender's copy."""
    assert mail.id is not None
    sender = users.find(session, mail.created_by)
    copy = sender.email.lower() if sender else ""
    rows = deliveries.recipients(session, mail.id)
    return [r.address for r in rows if r.outcome != "refused" and r.address.lower() != copy]

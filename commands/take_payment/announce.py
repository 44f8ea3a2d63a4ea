"""What is told to whom when a payment becomes known, succeeds or comes back."""

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from commands.rules import addresses
from renderers.slack_values import PaymentEvent
from storage import checkouts, customers, deliveries, users
from storage.checkouts import CheckoutAttempt
from storage.deliveries import Delivery
from storage.payments import Payment


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


def payers(session: Session, payment: Payment) -> list[str]:
    """To whom the document went, and whoever paid; nobody twice."""
    attempt = checkouts.find(session, payment.attempt_id) if payment.attempt_id else None
    payer = [payment.payer_email] if payment.payer_email else []
    return addresses.distinct([*_recipients(session, payment, attempt), *payer])


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


def _recipients(session: Session, payment: Payment, attempt: CheckoutAttempt | None) -> list[str]:
    mails = deliveries.mails_with_link(session, attempt.link_id) if attempt else []
    mailed = [
        address
        for mail in mails
        if mail.purpose in deliveries.DOCUMENT_MAILS
        and mail.status in {"sent", "sending", "unknown"}
        for address in _customers_own(session, mail)
    ]
    on_file = customers.contacts(session, payment.customer_id or "", "invoice")
    return mailed or [contact.address for contact in on_file]


def _customers_own(session: Session, mail: Delivery) -> list[str]:
    """The mail's addresses without those refused and without the sender's copy."""
    assert mail.id is not None
    sender = users.find(session, mail.created_by)
    copy = sender.email.lower() if sender else ""
    rows = deliveries.recipients(session, mail.id)
    return [r.address for r in rows if r.outcome != "refused" and r.address.lower() != copy]

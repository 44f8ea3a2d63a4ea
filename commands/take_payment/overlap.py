"""One invoice, several links: what changes on one shows on all, and what no longer fits ends."""

from sqlmodel import Session

from commands import outbox
from commands.desk import Desk
from commands.take_payment import attempts
from storage import batches, checkouts, deliveries, disputes, invoices
from storage.checkouts import CheckoutAttempt

_BATCH = 500  # bound parameters in one statement


def balances_changed(
    session: Session, desk: Desk, invoice_numbers: list[str], *, change: str
) -> None:
    """Call after anything moved what is open on these invoices, in the same unit of work.

    Checkouts that would take more than is open are superseded, and every card that shows one of
    the invoices is edited, as is the message of a batch. `change` names what happened: the same
    change edits a card once.
    """
    wanted = sorted(set(invoice_numbers))
    for start in range(0, len(wanted), _BATCH):
        numbers = wanted[start : start + _BATCH]
        for attempt in checkouts.touching(session, numbers, "created", "open"):
            if _takes_too_much(session, attempt):
                attempts.supersede(session, desk, attempt)
        mails = deliveries.mails_covering(session, numbers)
        for mail in mails:
            outbox.queue_card_edits(session, mail, change=change, now=desk.clock.now())
        batches.touch(session, [mail.batch_id for mail in mails if mail.batch_id])


def open_now(session: Session, invoice_numbers: list[str]) -> dict[str, int]:
    """Minor units that may still be paid on each: the balance less what is under way.

    Nothing on those of which a payment is disputed.
    """
    pending = checkouts.pending(session, invoice_numbers)
    disputed = disputes.open_invoice_numbers(session, invoice_numbers)
    return {
        row.number: 0 if row.number in disputed else row.balance.minor - pending.get(row.number, 0)
        for row in invoices.find_all(session, invoice_numbers)
    }


def _takes_too_much(session: Session, attempt: CheckoutAttempt) -> bool:
    shares = checkouts.shares(session, attempt.id)
    still_open = open_now(session, list(shares))
    return any(amount > still_open[number] for number, amount in shares.items())

"""Queueing the mails of bulk sends: each looked at again, and a few in each transaction, so that
nobody else waits for hundreds.
"""

import logging

from sqlmodel import Session

from commands.access import Actor, Permission, SystemActor, require
from commands.batches import service as batches
from commands.bulk_send.answers import Dropped
from commands.bulk_send.looking import Looked, Ready, Wanted, look
from commands.bulk_send.mail_rows import BulkMailOrder, queue_bulk_mails
from commands.bulk_send.order import BulkMail
from commands.desk import Desk
from commands.incidents import reference
from commands.payment_link import service as payment_link
from commands.payment_link.service import LinkOrder
from commands.people.actors import find_actor
from commands.ports import AccountState
from storage import bulk_sends, customers
from storage.batches import BatchSkip
from storage.bulk_sends import BulkSend, BulkSendMail
from storage.unit_of_work import may_pass, repeatable

log = logging.getLogger(__name__)

_AT_ONCE = 10  # mails in one transaction


def prepare_next(actor: SystemActor, desk: Desk) -> bool:
    """Queue the next few mails of a bulk send; False when there is none to prepare."""
    require(actor, Permission.SEND_BATCH)
    with desk.database.reading() as session:
        waiting = bulk_sends.preparing(session)
    if not waiting:
        return False
    account = desk.gateway.account.state()
    try:
        _prepare(desk, waiting[0], account, _AT_ONCE)
    except Exception as error:
        if may_pass(error):
            raise
        log.exception("mails could not be queued together", extra={"bulk_send": waiting[0]})
        _one_by_one(desk, waiting[0], account)
    return True


def _one_by_one(desk: Desk, bulk_send_id: str, account: AccountState) -> None:
    """One mail that cannot be queued stops none of the others."""
    for _ in range(_AT_ONCE):
        try:
            _prepare(desk, bulk_send_id, account, 1)
        except Exception as error:
            if may_pass(error):
                raise
            why = f"Something went wrong on our side. Reference {reference(error)}"
            _give_up_first(desk, bulk_send_id, why)


@repeatable
def _prepare(desk: Desk, bulk_send_id: str, account: AccountState, most: int) -> None:
    with desk.database.writing() as session:
        expected = bulk_sends.waiting_mails(session, bulk_send_id, most)
        customers.lock_all(session, [mail.customer_id for mail in expected])
        row = bulk_sends.lock(session, bulk_send_id)
        if row is None or row.status != "preparing":
            return
        mails = bulk_sends.waiting_mails(session, bulk_send_id, most)
        if [m.position for m in mails] != [m.position for m in expected]:
            return  # somebody else has prepared these meanwhile
        sender, problem = _sender(session, row)
        if not mails or not batches.is_wanted(session, bulk_send_id):
            _seal(session, row)
        elif problem:
            _skip_all(session, row, mails, problem)
        else:
            looked = look(session, _wanted(session, row, mails), account)
            _queue(session, sender, desk, row, looked)
            _skip_dropped(session, row, mails, looked)


def _sender(session: Session, row: BulkSend) -> tuple[Actor, str]:
    """Whose send it is, and why it may not go any more: rights are looked at again."""
    sender, is_active = find_actor(session, row.requested_by)
    if not (is_active and sender.may(Permission.BUILD_BULK_SEND)):
        return sender, "Whoever asked for it may no longer send anything."
    if row.approved_by and row.approved_by != row.requested_by:
        approver, is_active = find_actor(session, row.approved_by)
        if not (is_active and approver.may(Permission.APPROVE)):
            return sender, "Whoever approved it may no longer do so."
    return sender, ""


def _wanted(session: Session, row: BulkSend, mails: list[BulkSendMail]) -> list[Wanted]:
    found = bulk_sends.invoices_of(session, row.id, [mail.position for mail in mails])
    return [wanted_of(mail, found) for mail in mails]


def wanted_of(mail: BulkSendMail, found: bulk_sends.ByMail) -> Wanted:
    """A stored mail, as it is looked at."""
    agreed = {a.invoice_number: a.balance for a, _ in found.get(mail.position, [])}
    asked = BulkMail(mail.customer_id, mail.currency, tuple(agreed), tuple(mail.recipients))
    return Wanted(asked, agreed, tuple(mail.new_addresses), mail.position)


def _queue(session: Session, sender: Actor, desk: Desk, row: BulkSend, looked: Looked) -> None:
    """With one link for each mail, and one for each PDF that goes along."""
    if row.attach_pdfs:
        invoice_links = _invoice_links(looked)
        payment_link.issue_all(session, sender, desk, kind="invoice", orders=invoice_links)
    orders = [_bulk_link(row, ready) for ready in looked.ready]
    links = payment_link.issue_all(session, sender, desk, kind="bulk", orders=orders)
    mails = [
        BulkMailOrder(
            bulk_send_id=row.id,
            position=ready.wanted.position,
            customer_id=ready.customer.id,
            currency=ready.wanted.mail.currency,
            link_id=links[order.subject].id,
            recipients=list(ready.recipients),
            new_addresses=list(ready.new_addresses),
            sender=row.requested_by,
        )
        for ready, order in zip(looked.ready, orders, strict=True)
    ]
    _send(session, desk, row, mails)


def _send(session: Session, desk: Desk, row: BulkSend, orders: list[BulkMailOrder]) -> None:
    now, domain = desk.clock.now(), desk.policy.mail_domain
    not_before = batches.leaves_at(session, row.id)
    rows = queue_bulk_mails(session, orders, now=now, not_before=not_before, domain=domain)
    for order, delivery in zip(orders, rows, strict=True):
        mail = session.get_one(BulkSendMail, (row.id, order.position))
        mail.state, mail.link_id, mail.delivery_id = "queued", order.link_id, delivery.id
        session.add(mail)


def _bulk_link(row: BulkSend, ready: Ready) -> LinkOrder:
    mail = ready.wanted.mail
    subject = f"{row.id}:{mail.customer_id}:{mail.currency}"
    return LinkOrder(subject, mail.customer_id, mail.currency, tuple(ready.asks))


def _invoice_links(looked: Looked) -> list[LinkOrder]:
    return [
        LinkOrder(number, ready.customer.id, ready.wanted.mail.currency, (number,))
        for ready in looked.ready
        for number in ready.asks
    ]


def _skip_dropped(
    session: Session, row: BulkSend, mails: list[BulkSendMail], looked: Looked
) -> None:
    """Documents that are left out of a mail, and mails of which nothing is left."""
    going = {ready.wanted.position for ready in looked.ready}
    by_mail = {(mail.customer_id, mail.currency): mail for mail in mails}
    rows: list[BatchSkip] = []
    for each in looked.dropped:
        mail = by_mail[each.customer_id, each.currency]
        if mail.position in going:
            rows.append(_left_out(row, mail, each))
        elif not each.invoice_number:
            mail.state = "skipped"
            session.add(mail)
            rows.append(_skipped(row, mail, each.reason))
    batches.skip(session, rows)


def _skip_all(session: Session, row: BulkSend, mails: list[BulkSendMail], why: str) -> None:
    for mail in mails:
        mail.state = "skipped"
        session.add(mail)
    batches.skip(session, [_skipped(row, mail, why) for mail in mails])


def _skipped(row: BulkSend, mail: BulkSendMail, why: str) -> BatchSkip:
    key = f"{mail.customer_id}:{mail.currency}"
    return BatchSkip(batch_id=row.id, key=key, customer_id=mail.customer_id, reason=why)


def _left_out(row: BulkSend, mail: BulkSendMail, dropped: Dropped) -> BatchSkip:
    key = f"{mail.customer_id}:{mail.currency}:{dropped.invoice_number or dropped.reason}"
    return BatchSkip(
        batch_id=row.id,
        key=key,
        customer_id=mail.customer_id,
        subject=dropped.invoice_number,
        reason=dropped.reason,
        whole_mail=False,
    )


@repeatable
def _give_up_first(desk: Desk, bulk_send_id: str, why: str) -> None:
    with desk.database.writing() as session:
        row = bulk_sends.lock(session, bulk_send_id)
        if row is not None and row.status == "preparing":
            _skip_all(session, row, bulk_sends.waiting_mails(session, bulk_send_id, 1), why)


def _seal(session: Session, row: BulkSend) -> None:
    row.status = "sealed"
    session.add(row)
    batches.seal(session, row.id)

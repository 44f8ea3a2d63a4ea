"""Asking for a bulk send: looked at again, then sent at once or put to somebody else."""

from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from commands import auditing
from commands.access import Actor, Permission, require
from commands.approvals import request as asking
from commands.approvals.request import Ask
from commands.auditing import audited
from commands.bulk_send import content, deciding, starting
from commands.bulk_send.answers import PolicyAnswer, Requested, Way
from commands.bulk_send.looking import Looked, Wanted, look
from commands.bulk_send.order import BulkMail, BulkOrder
from commands.desk import Desk
from commands.errors import Changed, InvalidInput, Refused
from commands.send_invoice import checks
from storage import approvals, batches, bulk_sends, users
from storage.bulk_sends import BulkSend
from storage.unit_of_work import repeatable

_CHANGED = "Something changed meanwhile, and nothing was sent. Please look at the review again."
_NOTHING = "Nothing of it can be sent: {why}"
_USED = "This review was sent before, by somebody else or for something else."


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What was looked at before the write, and its frozen form."""

    looked: Looked
    answer: PolicyAnswer
    content: dict[str, Any]
    content_hash: str


@audited("bulk_send", about="order.request_id")
def policy_answer(actor: Actor, desk: Desk, *, order: BulkOrder) -> PolicyAnswer:
    """What `request` would do, in words. Raises `InvalidInput` or `Refused`."""
    require(actor, Permission.BUILD_BULK_SEND)
    return _look(actor, desk, checked(order))[1]


@audited("bulk_send", about="order.request_id")
def request(actor: Actor, desk: Desk, *, order: BulkOrder) -> Requested:
    """Send it, or ask for it. Sent twice, it counts once.

    Raises `InvalidInput` by field ("addresses", "message", "own_reason"), `Changed` or `Refused`.
    """
    require(actor, Permission.BUILD_BULK_SEND)
    good = checked(order)
    known = _known(actor, desk, good)
    if known is not None:
        return known
    looked, answer = _look(actor, desk, good)
    if answer.way == "nobody":
        raise Refused(answer.sentence)
    if answer.way == "alone" and not good.own_reason.strip():
        raise InvalidInput({"own_reason": "Please say why: it is kept in the audit."})
    frozen = content.frozen(good, looked, answer.sentence)
    _write(actor, desk, good, _Agreed(looked, answer, frozen, asking.fingerprint(frozen)))
    made = _known(actor, desk, good)
    assert made is not None
    return replace(made, dropped=looked.dropped, repeated=False)


def checked(order: BulkOrder) -> BulkOrder:
    """With usable addresses and message, one mail for each customer and currency."""
    pairs = [(mail.customer_id, mail.currency) for mail in order.mails]
    numbers = order.invoice_numbers
    if len(set(pairs)) != len(pairs) or len(set(numbers)) != len(numbers):
        raise Refused("An invoice or a customer is in it twice. Please start the review again.")
    if not numbers or not all(mail.invoice_numbers for mail in order.mails):
        raise Refused("There is no invoice in it. Tick some first.")
    return replace(
        order,
        mails=tuple(_usable(mail) for mail in order.mails),
        message=checks.fitting_message(order.message),
    )


def _usable(mail: BulkMail) -> BulkMail:
    try:
        to = checks.usable_recipients(mail.recipients)
    except InvalidInput as error:
        sentence = f"Customer {mail.customer_id}: {error.sentence}"
        raise InvalidInput({"addresses": sentence}) from error
    return replace(mail, recipients=to)


def _look(actor: Actor, desk: Desk, order: BulkOrder) -> tuple[Looked, PolicyAnswer]:
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        looked = look(session, (Wanted(mail) for mail in order.mails), account)
        if not looked.ready:
            raise Refused(_NOTHING.format(why=looked.dropped[0].reason))
        return looked, deciding.decide(session, actor, desk, looked)


@repeatable
def _write(actor: Actor, desk: Desk, order: BulkOrder, agreed: _Agreed) -> None:
    with desk.database.writing() as session:
        users.lock(session, actor.id)  # two requests of one person are counted one after the other
        if bulk_sends.find(session, order.request_id) is not None:
            return
        if deciding.decide(session, actor, desk, agreed.looked) != agreed.answer:
            raise Changed(_CHANGED)
        row = _add(session, actor, desk, order, agreed)
        if agreed.answer.way == "direct":
            starting.start(session, actor, desk, row)
            detail: dict[str, Any] = {"customers": row.customers, "totals": row.totals}
            auditing.record(session, actor, desk, "bulk_send", row.id, **detail)
        elif agreed.answer.way == "ask":
            asking.submit(session, actor, desk, _ask(row, agreed), agreed.answer.approvers)
        else:
            _approve_alone(session, actor, desk, row, _ask(row, agreed), order.own_reason)


def _add(session: Session, actor: Actor, desk: Desk, order: BulkOrder, agreed: _Agreed) -> BulkSend:
    looked = agreed.looked
    row = BulkSend(
        id=order.request_id,
        requested_by=actor.id,
        message=order.message,
        attach_pdfs=order.attach_pdfs,
        status="asked",
        customers=looked.customers,
        mails=len(looked.ready),
        invoices=looked.invoices,
        totals=looked.totals,
        counted=looked.totals.get(desk.policy.default_currency, 0),
        created_at=desk.clock.now(),
    )
    mails, invoices = content.rows(order.request_id, looked)
    return bulk_sends.add(session, row, mails, invoices)


def _ask(row: BulkSend, agreed: _Agreed) -> Ask:
    return Ask(
        id=row.id,
        kind="bulk",
        customers=row.customers,
        invoices=row.invoices,
        totals=row.totals,
        content=agreed.content,
        content_hash=agreed.content_hash,
    )


def _approve_alone(
    session: Session, actor: Actor, desk: Desk, row: BulkSend, ask: Ask, reason: str
) -> None:
    """The only Admin of a company with nobody else to ask: marked in the audit."""
    asking.add(session, actor, desk, ask)
    why, now = reason.strip()[:500], desk.clock.now()
    written = {"decided_by": actor.id, "reason": why, "decided_at": now}
    approvals.move(session, row.id, "approved", came_from="pending", **written)
    starting.start(session, actor, desk, row)
    auditing.record(session, actor, desk, "approve_own_request", row.id, reason=why, alone=True)


def _known(actor: Actor, desk: Desk, order: BulkOrder) -> Requested | None:
    """What came of it when it was submitted before. Raises `Refused` when it was another's."""
    with desk.database.reading() as session:
        row = bulk_sends.find(session, order.request_id)
        if row is None:
            return None
        approval, batch = approvals.find(session, row.id), batches.find(session, row.id)
    if row.requested_by != actor.id:
        raise Refused(_USED)
    alone = approval is not None and approval.decided_by == actor.id
    asked: Way = "alone" if alone else "ask"
    return Requested(
        id=row.id,
        way="direct" if approval is None else asked,
        customers=row.customers,
        mails=row.mails,
        invoices=row.invoices,
        totals=row.totals,
        dropped=(),
        leaves_at=batch.leaves_at if batch else None,
        repeated=True,
    )

"""Send a statement of account: figures, link, mail and card in one transaction.

A person uses `send`; a period-end run calls `send_within` in a unit of work of its own, with
`schedule_id` and `period_start`: nothing in it waits for a network or renders.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox, statement_document
from commands.access import Actor, AnyActor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import InvalidInput, LinksDisabled, NotFound, Refused
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.rules.periods import Period
from commands.send_invoice import checks
from commands.send_statement import making, queueing
from commands.send_statement.making import Account, Made, Moved
from commands.send_statement.order import SendStatement, SentStatement
from commands.send_statement.queueing import StatementMail
from storage import customers, deliveries, statements
from storage.customers import Customer
from storage.deliveries import Delivery
from storage.statements import Statement
from storage.unit_of_work import repeatable

NOTHING_TO_PAY = "There is nothing to pay."


@audited("send_statement", about="order.about")
@repeatable
def send(actor: Actor, desk: Desk, *, order: SendStatement) -> SentStatement:
    """Raises `InvalidInput` by form field, `NotFound`, `LinksDisabled` or another `Refused`."""
    require(actor, Permission.SEND_STATEMENT)
    order, account = checked(desk, order), desk.gateway.account.state()
    with desk.database.writing() as session:
        return send_within(session, actor, desk, order=order, account=account)


def checked(desk: Desk, order: SendStatement) -> SendStatement:
    """The order with usable addresses and message, and an end that has come.

    Raises `InvalidInput`.
    """
    if order.period_end > desk.policy.today(desk.clock.now()):
        raise InvalidInput({"end": "A statement cannot end in the future."})
    return replace(
        order,
        recipients=checks.usable_recipients(order.recipients),
        message=checks.fitting_message(order.message),
    )


def send_within(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    *,
    order: SendStatement,
    account: AccountState,
    moved: Moved | None = None,
) -> SentStatement:
    """Make the statement and queue its mail in the caller's unit of work, once for each form and
    for each period of a schedule; for an order that is `checked`.

    `moved`: what was read of the account already, in that unit of work, which held the customer.
    """
    customer = customers.lock(session, order.customer_id)
    if customer is None:
        raise NotFound("That customer is not known. Please start again with /pay.")
    known = deliveries.find_by_key(session, queueing.mail_key(order))
    if known is not None:
        return _again(session, actor, customer, known, order)
    made = made_for(session, desk, order, moved)
    reason = why_no_link(customer, made.statement, account)
    if order.with_link and order.schedule_id is None and not customer.payment_links_enabled:
        raise LinksDisabled(reason)
    statement, row = _store(session, actor, desk, order, _Found(customer, made, reason))
    sent = _sent(session, customer, row, statement.id)
    return replace(sent, mailed_before=mailed_before(desk, made))


def made_for(
    session: Session, desk: Desk, order: SendStatement, moved: Moved | None = None
) -> Made:
    """The statement that the order asks for, as it would be made now."""
    moved = moved or _moved(session, desk, order)
    return making.make_of(session, desk, order.type, moved)


def _moved(session: Session, desk: Desk, order: SendStatement) -> Moved:
    account = Account(order.customer_id, order.currency, order.schedule_id)
    if order.period_start is None:
        return making.moved_until(session, desk, account, order.period_end)
    return making.moved_in(session, desk, account, Period(order.period_start, order.period_end))


def why_no_link(customer: Customer, statement: Statement, account: AccountState) -> str:
    """Why it cannot carry a link, as a sentence for staff; "" when it can."""
    return payment_link.why_no_new_link(customer, account) or (
        "" if statement.payable else NOTHING_TO_PAY
    )


def mailed_before(desk: Desk, made: Made) -> datetime | None:
    """When the same account was last sent a statement, within the last 24 hours."""
    since = desk.clock.now() - outbox.RECENT
    return max((row.made_at for row in made.earlier if row.made_at >= since), default=None)


@dataclass(frozen=True, slots=True)
class _Found:
    customer: Customer
    made: Made
    no_link_reason: str


def _again(
    session: Session, actor: AnyActor, customer: Customer, known: Delivery, order: SendStatement
) -> SentStatement:
    statement = statements.of_delivery(session, known.id or 0)
    if statement is None or (known.created_by, known.customer_id) != (actor.id, customer.id):
        raise Refused("This form has been used already. Please open a new one with /pay.")
    if (statement.currency, statement.period_end) != (order.currency, order.period_end):
        raise Refused("This form has been used already. Please open a new one with /pay.")
    return replace(_sent(session, customer, known, statement.id), repeated=True)


def _store(
    session: Session, actor: AnyActor, desk: Desk, order: SendStatement, found: _Found
) -> tuple[Statement, Delivery]:
    """The link, the mail that carries it, the statement that both are about, and the card."""
    statement = found.made.statement
    statement.id, statement.schedule_id = f"st_{uuid.uuid4().hex}", order.schedule_id
    if order.with_link and not found.no_link_reason:
        statement.link_id = _link(session, actor, desk, found.made)
    mail = _mail(session, actor, desk, order, found)
    row = queueing.queue(session, actor, desk, order, mail)
    assert row.id is not None
    statement.delivery_id = row.id
    statements.add(session, statement, found.made.items)
    if order.schedule_id is None:
        now = desk.clock.now()
        outbox.queue_card(session, row, channel=actor.id, purpose="card", now=now)
    _audit(session, actor, desk, statement, row, order)
    return statement, row


def _link(session: Session, actor: AnyActor, desk: Desk, made: Made) -> str:
    link = payment_link.issue(
        session,
        actor,
        desk,
        kind="statement",
        subject=made.statement.id,
        customer_id=made.statement.customer_id,
        currency=made.statement.currency,
        invoice_numbers=list(made.covered),
    )
    return link.id


def _mail(
    session: Session, actor: AnyActor, desk: Desk, order: SendStatement, found: _Found
) -> StatementMail:
    statement = found.made.statement
    on_file = customers.known_addresses(session, order.customer_id)
    own_copy = ""
    if order.copy_me and isinstance(actor, Actor):
        own_copy = checks.own_copy(actor, order.recipients)
    return StatementMail(
        statement_id=statement.id,
        document=f"statement {statement_document.number(statement)}",
        link_id=statement.link_id,
        no_link_reason=found.no_link_reason,
        new_addresses=tuple(a for a in order.recipients if a.lower() not in on_file),
        copy_to_sender=own_copy,
        leaves_at=order.leaves_at or desk.clock.now() + _hold(desk, order),
    )


def _hold(desk: Desk, order: SendStatement) -> timedelta:
    return timedelta(seconds=0 if order.schedule_id else desk.policy.send_hold_seconds)


def _audit(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    statement: Statement,
    row: Delivery,
    order: SendStatement,
) -> None:
    detail: dict[str, Any] = {
        "delivery": row.id,
        "statement": statement.id,
        "type": statement.type,
        "closing_balance": statement.closing_balance,
        "link": statement.link_id,
        "recipients": list(order.recipients),
    }
    auditing.record(session, actor, desk, "send_statement", order.about, **detail)


def _sent(session: Session, customer: Customer, row: Delivery, statement_id: str) -> SentStatement:
    assert row.id is not None
    return SentStatement(
        statement_id=statement_id,
        delivery_id=row.id,
        document=row.document_number,
        customer_name=customer.name,
        recipients=tuple(each.address for each in deliveries.recipients(session, row.id)),
        new_addresses=tuple(row.payload["new_addresses"]),
        has_link=row.link_id is not None,
        no_link_reason=row.payload["no_link_reason"],
        mailed_before=None,
        leaves_at=row.not_before,
        repeated=False,
    )

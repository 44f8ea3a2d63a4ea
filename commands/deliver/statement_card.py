"""The card of a statement that a person sent, as things are at this moment."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands import statement_document
from commands.deliver import card_parts
from commands.desk import Desk
from commands.errors import NotFound
from commands.send_statement import pending
from commands.take_payment import due
from renderers.slack_values import CardAmounts, CardState, MailCard
from storage import checkouts, customers, deliveries, documents, payment_links, statements
from storage.deliveries import Delivery
from storage.money import Money
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class _Standing:
    """Minor units that are owed, can be paid now and are under way, of the invoices it lists."""

    owed: int
    payable: int  # less what is to the customer's credit
    under_way: int
    expected_by: date | None


def mail_card(session: Session, desk: Desk, mail: Delivery, *, shared: bool) -> MailCard:
    """Raises `NotFound` when there is nothing that the mail is about."""
    customer = customers.find(session, mail.customer_id or "")
    statement = statements.of_delivery(session, mail.id or 0)
    if mail.id is None or customer is None or statement is None:
        raise NotFound("The statement of this card is gone.")
    link = payment_links.find(session, mail.link_id) if mail.link_id else None
    active = link is not None and link.state == "active"
    standing = _standing(session, statement)
    state = _state(desk, mail, statement, standing, has_ended=link is not None and not active)
    return MailCard(
        delivery_id=mail.id,
        title="Statement",
        number=statement_document.number(statement),
        customer_name=customer.name,
        amounts=_amounts(statement, standing),
        state=state,
        sender_id=mail.created_by,
        recipients=() if shared else card_parts.recipients(session, mail),
        has_link=link is not None,
        no_link_reason=mail.payload.get("no_link_reason", ""),
        mailed_at=mail.finished_at if mail.status == "sent" else None,
        leaves_at=card_parts.leaves_at(desk, mail, state),
        expected_by=standing.expected_by if state == "processing" else None,
        error=mail.error or "",
        can_turn_off=active and state not in {"paid", "undone"},
        can_retry=bool(deliveries.missed(session, mail)),
        may_arrive_twice=mail.ambiguous > 0,
        can_show_sent=mail.status in deliveries.OVER and documents.is_kept(session, mail.id),
        shared=shared,
    )


def _standing(session: Session, statement: Statement) -> _Standing:
    items = statements.items(session, statement.id, "open")
    numbers = [item.number for item in items if item.kind == "invoice"]
    owed = pending.pending_balance(session, statement.customer_id, statement.currency, numbers)
    under_way = sum(checkouts.pending(session, numbers).values())
    expected_by = due.expected_by(session, numbers) if under_way else None
    return _Standing(owed.owed, owed.payable, under_way, expected_by)


def _amounts(statement: Statement, standing: _Standing) -> CardAmounts:
    return CardAmounts(
        Money(statement.closing_balance, statement.currency),
        Money(standing.payable, statement.currency),
        None,
        total_label="Closing balance",
        balance_label="To be paid now",
    )


def _state(
    desk: Desk, mail: Delivery, statement: Statement, standing: _Standing, *, has_ended: bool
) -> CardState:
    before = card_parts.before_it_left(desk, mail)
    if before is not None:
        return before
    after = _after_mail(statement, standing, has_ended=has_ended)
    return after or ("unknown" if mail.status == "unknown" else "sent")


def _after_mail(statement: Statement, standing: _Standing, *, has_ended: bool) -> CardState | None:
    """What happened to what it asked for; what weighs most comes first."""
    if not statement.payable:
        return None
    if not standing.payable and standing.under_way:
        return "processing"
    if not standing.owed:
        return "paid"
    if has_ended:
        return "link_off"
    # At 0 there is credit that covers all of it and that nobody has put on it yet.
    return "partly_paid" if 0 < standing.payable < statement.payable else None

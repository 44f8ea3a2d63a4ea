"""Composing a statement's mail: the figures as they were stored, the link as it is now."""

from dataclasses import dataclass

from sqlmodel import Session

from commands import pdf_files, statement_document
from commands.deliver.answering import answering
from commands.deliver.letter import Letter, carried
from commands.desk import Desk
from commands.errors import NotFound
from commands.ports import AccountState
from commands.send_statement import pending
from commands.send_statement.service import why_no_link
from renderers.statement_emails import statement_email
from renderers.statement_values import StatementDocument, StatementEmail
from storage import customers, payment_links, statements, users
from storage.deliveries import Delivery
from storage.statements import Statement, StatementItem
from storage.users import User


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one view of the ledger says about the mail."""

    document: StatementDocument
    sender: User | None
    answering: User | None  # who gets the customer's reply; None: the company
    no_link_reason: str


def compose(desk: Desk, row: Delivery) -> Letter:
    """Raises `NotFound` when the row is about something that is gone."""
    facts = _look_up(desk, row)
    name = facts.answering.name if facts.answering else ""
    email = StatementEmail(facts.document, name, row.payload["message"])
    return Letter(
        content=statement_email(email),
        reply_to=facts.answering.email if facts.answering else "",
        attachments=(pdf_files.statement_pdf(desk, facts.document),),
        automatic=facts.sender is None,
        link_id=row.link_id if facts.document.pay_url else None,
        no_link_reason=facts.no_link_reason,
        payable=facts.document.payable.minor,
    )


def _look_up(desk: Desk, row: Delivery) -> _Facts:
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        statement = statements.of_delivery(session, row.id or 0)
        if statement is None:
            raise NotFound("The statement of this mail is gone.")
        items = statements.items(session, statement.id)
        now = _as_asked_now(session, statement, items)
        url, reason = _link(session, desk, row, now, account)
        document = statement_document.assemble(session, desk, now, items, pay_url=url)
        sender = users.find(session, row.created_by)
        return _Facts(document, sender, answering(session, row, sender), reason)


def _as_asked_now(session: Session, statement: Statement, items: list[StatementItem]) -> Statement:
    """The statement with what can be paid of it at this moment: money may have come meanwhile."""
    numbers = [i.number for i in items if i.section == "open" and i.kind == "invoice"]
    owed = pending.pending_balance(session, statement.customer_id, statement.currency, numbers)
    return Statement(**statement.model_dump() | {"payable": owed.payable})


def _link(
    session: Session, desk: Desk, row: Delivery, statement: Statement, account: AccountState
) -> tuple[str | None, str]:
    """The address of the link, or None and the reason: decided now, not when it was queued."""
    link = payment_links.find(session, row.link_id) if row.link_id else None
    customer = customers.find(session, statement.customer_id)
    if row.link_id is None or customer is None:
        return None, ""
    reason = why_no_link(customer, statement, account)
    return carried(desk, link, reason)

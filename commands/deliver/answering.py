"""Who answers when a customer replies to a mail."""

from sqlmodel import Session

from storage import customers, users
from storage.deliveries import Delivery
from storage.users import User


def answering(session: Session, row: Delivery, sender: User | None) -> User | None:
    """The sender, else the customer's sales representative unless they have left."""
    if sender is not None:
        return sender
    customer = customers.find(session, row.customer_id or "")
    rep = users.find(session, customer.sales_rep) if customer and customer.sales_rep else None
    return rep if rep is not None and rep.active else None


def reply_to(session: Session, row: Delivery, sender: User | None) -> str:
    """The address of whoever answers, or "" for the company."""
    person = answering(session, row, sender)
    return person.email if person else ""

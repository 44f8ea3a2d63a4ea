"""What was mailed of one invoice, and what still waits to be."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from storage import deliveries
from storage.deliveries import Delivery


def earlier_version_left(session: Session, number: str, version: int, *, trials: bool) -> bool:
    """Whether somebody has, or may have, a mail with the invoice as it was before `version`.

    What was redirected in a trial reached nobody, unless `trials` count.
    """
    own = select(Delivery).where(Delivery.invoice_number == number, Delivery.kind == "email")
    return any(
        mail.payload.get("version", 0) < version
        and (trials or not mail.payload.get("trial"))
        and _may_have_left(session, mail)
        for mail in session.exec(own)
    )


def _may_have_left(session: Session, mail: Delivery) -> bool:
    if mail.ambiguous or mail.data_started_at is not None:
        return True
    assert mail.id is not None
    return any(
        row.outcome in {"sent", "unknown"} for row in deliveries.recipients(session, mail.id)
    )


def waiting(session: Session, number: str) -> list[Delivery]:
    """Mails of the invoice that nobody has begun with, held until the unit of work ends."""
    own = select(Delivery).where(*_wait(number)).order_by(col(Delivery.id))
    return list(session.exec(own.with_for_update(key_share=True)))


def count_waiting(session: Session, number: str) -> int:
    return session.exec(select(func.count()).where(*_wait(number))).one()


def _wait(number: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Delivery.invoice_number) == number,
        col(Delivery.purpose) == "invoice",
        col(Delivery.status) == "queued",
    )

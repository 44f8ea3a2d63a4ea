"""Taking a row and holding it: leases, and the fence that the lease token makes."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from commands.access import AnyActor
from commands.deliver import outcome
from commands.deliver.rules import LEASE
from commands.desk import Desk
from storage import customers, deliveries, delivery_queue
from storage.deliveries import Delivery, DeliveryKind, DeliveryRecipient
from storage.unit_of_work import repeatable


class LeaseLost(Exception):
    """The lease lapsed and somebody else may have the row: stop without any effect."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row as it was when this worker took it."""

    id: int
    token: str
    row: Delivery
    recipients: tuple[DeliveryRecipient, ...]

    @property
    def unsettled(self) -> tuple[str, ...]:
        return tuple(each.address for each in self.recipients if each.outcome == "pending")

    @property
    def may_have_arrived(self) -> bool:
        """Somebody has this mail, or may have it: its Message-ID is taken."""
        return self.row.ambiguous > 0 or any(each.outcome == "sent" for each in self.recipients)


@repeatable
def claim_next(actor: AnyActor, desk: Desk, kinds: Sequence[DeliveryKind]) -> Claim | None:
    """Free what lapsed, then take the next row that is due."""
    business, real = desk.clock.now(), desk.clock.real()
    with desk.database.reading() as session:
        if not delivery_queue.anything_due(session, business, real, kinds):
            return None
    with desk.database.writing() as session:
        for lapsed in delivery_queue.lapsed(session, real):
            outcome.lapse(session, actor, desk, lapsed)
        row = delivery_queue.next_due(session, business, real, kinds)
        return None if row is None else _take(session, desk, row)


def _take(session: Session, desk: Desk, row: Delivery) -> Claim:
    assert row.id is not None
    real = desk.clock.real()
    token = secrets.token_hex(16)
    row.status, row.lease_token, row.leased_until = "sending", token, real + LEASE
    row.attempts += 1
    row.first_tried_at = row.first_tried_at or real
    row.retry_at = row.data_started_at = None
    session.add(row)
    session.flush()
    return Claim(row.id, token, row, tuple(deliveries.recipients(session, row.id)))


@contextmanager
def held(desk: Desk, claim: Claim) -> Iterator[tuple[Session, Delivery]]:
    """A unit of work on the claimed row; `LeaseLost` unless the lease still holds it.

    The customer's row comes first, as everywhere, so that two workers cannot wait for each other.
    """
    with desk.database.writing() as session:
        if claim.row.customer_id is not None:
            customers.lock(session, claim.row.customer_id)
        row = delivery_queue.held_by(session, claim.id, claim.token)
        if row is None:
            raise LeaseLost(claim.row.key)
        yield session, row


def start(desk: Desk, row: Delivery) -> None:
    """From here on the outside may have it: a lease that lapses now leaves the outcome unknown."""
    real = desk.clock.real()
    row.data_started_at, row.leased_until = real, real + LEASE

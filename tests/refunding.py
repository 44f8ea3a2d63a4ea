"""A paid invoice and the people who may refund it, for tests."""

from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from sqlmodel import col, select

from commands.access import SETTLER, Actor
from commands.approvals import service as approvals_service
from commands.desk import Desk
from commands.refund import service
from commands.refund.carry_out import carry_out_next
from commands.refund.plan import RefundPlan, RefundWish
from storage import users
from storage.approvals import Approval
from storage.audit import AuditEntry
from storage.refunds import RefundOrder
from storage.users import RoleName
from tests.conftest import Room
from tests.fakes import MemoryRefunds
from tests.paying import Till


@dataclass
class Counter:
    """INV-1042 (USD 125.00) and INV-1043 (USD 40.00), paid together as pi_1."""

    till: Till
    room: Room

    @property
    def desk(self) -> Desk:
        return self.till.desk

    @property
    def stripe(self) -> MemoryRefunds:
        return self.room.refunds

    def wish(self, amount: str = "40.00", **own: object) -> RefundWish:
        made = RefundWish(str(uuid4()), "pi_1", amount, "requested_by_customer")
        return replace(made, **own)  # type: ignore[arg-type]  # overrides by name

    def place(self, actor: Actor, amount: str = "40.00", **own: object) -> RefundPlan:
        return service.place(actor, self.desk, wish=self.wish(amount, **own))

    def work(self) -> None:
        """What the worker does until nothing is due."""
        while carry_out_next(SETTLER, self.desk):
            pass

    def rule(self, **own: object) -> None:
        """Other settings from here on."""
        policy = replace(self.desk.policy, **own)  # type: ignore[arg-type]  # overrides by name
        self.till.desk = replace(self.desk, policy=policy)

    def orders(self) -> list[RefundOrder]:
        with self.desk.database.reading() as session:
            return list(session.exec(select(RefundOrder).order_by(RefundOrder.id)))

    def approvals(self) -> list[Approval]:
        with self.desk.database.reading() as session:
            return list(session.exec(select(Approval).order_by(Approval.id)))

    def approve(self, actor: Actor) -> Approval:
        [row] = self.approvals()
        return approvals_service.approve(
            actor, self.desk, approval_id=row.id, content_hash=row.content_hash
        )

    def reject(self, actor: Actor, reason: str) -> Approval:
        [row] = self.approvals()
        return approvals_service.reject(
            actor, self.desk, approval_id=row.id, content_hash=row.content_hash, reason=reason
        )

    def give(self, actor: Actor, *roles: RoleName) -> None:
        with self.desk.database.writing() as session:
            users.replace_roles(session, actor.id, roles)

    def audited(self, action: str) -> list[AuditEntry]:
        with self.desk.database.reading() as session:
            own = select(AuditEntry).where(AuditEntry.action == action)
            return list(session.exec(own.order_by(col(AuditEntry.id))))


@pytest.fixture
def counter(till: Till, room: Room) -> Counter:
    till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="b1"))
    till.pay()
    return Counter(till, room)

"""Stripe's balance in memory, for tests that need no wire."""

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from commands.balance_ports import BALANCE_PAGE, GatewayMovement, GatewayPayout, Window
from commands.errors import NotFound
from commands.ports import GatewayDispute


@dataclass
class MemoryBalance:
    """GatewayBalance in memory; `fault` is raised by every question as long as it is there."""

    moved: list[GatewayMovement] = field(default_factory=list)
    in_payout: dict[str, list[str]] = field(default_factory=dict)  # movements by payout
    opened: list[GatewayDispute] = field(default_factory=list)
    sent: dict[str, GatewayPayout] = field(default_factory=dict)
    fault: Exception | None = None
    questions: int = 0

    def movements(self, window: Window, after: str) -> list[GatewayMovement]:
        self._count()
        return _page([m for m in self.moved if window.since <= m.created < window.until], after)

    def movements_of_payout(self, payout_id: str, after: str) -> list[GatewayMovement]:
        self._count()
        own = self.in_payout.get(payout_id, [])
        return _page([m for m in self.moved if m.id in own], after)

    def movement_of_payment(self, payment_id: str) -> GatewayMovement | None:
        own = (m for m in self.moved if m.payment_id == payment_id and m.kind == "payment")
        return next(own, None)

    def disputes(self, window: Window, after: str) -> list[GatewayDispute]:
        self._count()
        return _page([d for d in self.opened if window.since <= d.created < window.until], after)

    def payouts(self, window: Window, after: str) -> list[GatewayPayout]:
        self._count()
        made = [p for p in self.sent.values() if window.since <= p.created < window.until]
        return _page(made, after)

    def payout(self, payout_id: str) -> GatewayPayout:
        if payout_id not in self.sent:
            raise NotFound("Stripe does not know it.")
        return self.sent[payout_id]

    def _count(self) -> None:
        self.questions += 1
        if self.fault:
            raise self.fault


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Listed = TypeVar("Listed", bound=_Named)


def _page(rows: list[Listed], after: str) -> list[Listed]:
    """As Stripe pages: what comes after that id."""
    ids = [row.id for row in rows]
    start = ids.index(after) + 1 if after else 0
    return rows[start : start + BALANCE_PAGE]

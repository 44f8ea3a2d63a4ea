"""What the nightly comparison reads at the gateway: what moved on its balance, and its payouts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from commands.ports import GatewayDispute, GatewayRefund
from storage.balance import MovementKind
from storage.money import Money

BALANCE_PAGE = 100  # rows; the most that Stripe gives at once


@dataclass(frozen=True, slots=True)
class GatewayMovement:
    """A line of the gateway's balance and, as it stands now, what moved.

    `fee` and `net` are in the currency of the balance, `amount` in the payer's.
    """

    id: str
    kind: MovementKind
    source_id: str
    payment_id: str  # "": it belongs to no payment
    fee: Money
    net: Money
    created: datetime
    amount: Money | None = None  # of a payment
    refund: GatewayRefund | None = None
    dispute: GatewayDispute | None = None


@dataclass(frozen=True, slots=True)
class GatewayPayout:
    """A payout as the gateway tells it now; `listed`: its movements can be asked for."""

    id: str
    amount: Money
    status: str
    arrives_on: date
    created: datetime
    automatic: bool
    listed: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` until before `until`, by the gateway's clock."""

    since: datetime
    until: datetime


class GatewayBalance(Protocol):
    """What moved on the gateway's balance, newest first, at most `BALANCE_PAGE` at a time.

    `after` is the id of the last row of the page before, "" for the first page. Raises
    `GatewayUnavailable` or `Refused`.
    """

    def movements(self, window: Window, after: str) -> list[GatewayMovement]: ...

    def movements_of_payout(self, payout_id: str, after: str) -> list[GatewayMovement]: ...

    def movement_of_payment(self, payment_id: str) -> GatewayMovement | None:
        """The one that the payment itself made; None while the gateway has none."""
        ...

    def disputes(self, window: Window, after: str) -> list[GatewayDispute]: ...

    def payouts(self, window: Window, after: str) -> list[GatewayPayout]: ...

    def payout(self, payout_id: str) -> GatewayPayout: ...

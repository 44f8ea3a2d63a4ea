"""The gateway of a company that has connected no payments account: documents go without links."""

from datetime import datetime
from typing import NoReturn

from commands.balance_ports import Window
from commands.errors import GatewayUnavailable
from commands.ports import AccountState, CheckoutRequest, RefundRequest

_SENTENCE = "No payments account is connected: an administrator has to set STRIPE_API_KEY."


class NotConnected:
    """Answers for all the ports of `commands.desk.Gateway`."""

    def start(self, request: CheckoutRequest) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def find(self, session_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def expire(self, session_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def session_of(self, payment_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def make(self, request: RefundRequest) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def of_payment(self, payment_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def events_since(self, instant: datetime, *, limit: int) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def movements(self, window: Window, after: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def disputes(self, window: Window, after: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def movements_of_payout(self, payout_id: str, after: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def movement_of_payment(self, payment_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def payouts(self, window: Window, after: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def payout(self, payout_id: str) -> NoReturn:  # noqa: ARG002 -- the port's signature
        raise GatewayUnavailable(_SENTENCE)

    def read(self) -> NoReturn:
        raise GatewayUnavailable(_SENTENCE)

    def state(self) -> AccountState:
        return AccountState("not_connected", (), _SENTENCE)

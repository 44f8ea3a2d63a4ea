"""The payment gateway while there is no account: nothing can be charged, and it says so."""

from typing import Never

from commands.errors import Refused
from commands.ports import AccountState, CheckoutRequest

SENTENCE = "No payments account is connected. An Admin connects one with STRIPE_API_KEY."


class NotConnected:
    def state(self) -> AccountState:
        return AccountState("not_connected", explanation=SENTENCE)

    def start(self, request: CheckoutRequest) -> Never:  # noqa: ARG002 -- the port's signature
        raise Refused(SENTENCE)

    def find(self, session_id: str) -> Never:  # noqa: ARG002 -- the port's signature
        raise Refused(SENTENCE)

    def expire(self, session_id: str) -> Never:  # noqa: ARG002 -- the port's signature
        raise Refused(SENTENCE)

    def session_of(self, payment_id: str) -> Never:  # noqa: ARG002 -- the port's signature
        raise Refused(SENTENCE)

"""The machine on both databases, and a Stripe that breaks its word to show that it is noticed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from commands.ports import CheckoutSession, GatewayDispute, GatewayRefund, RefundRequest
from tests.fakes import MemoryDisputes, MemoryGateway, MemoryRefunds
from tests.machine.acting import Acting
from tests.machine.conftest import FEWER, SETTINGS, NewShop, hunt, run
from tests.machine.machine import CheckoutMachine, MoneyBackMachine
from tests.machine.stripe_side import StripeSide


def test_money_is_right_whatever_happens(new_shop: NewShop, database_kind: str) -> None:
    run(lambda: new_shop(StripeSide()), SETTINGS if database_kind == "sqlite" else FEWER)


class ForgetsKeys(MemoryGateway):
    """Two sessions for one idempotency key, and the first answers are lost."""

    def of_attempt(self, attempt_id: str) -> CheckoutSession | None:
        return None


class ExpiresNothing(MemoryGateway):
    """Says that it did."""

    def expire(self, session_id: str) -> CheckoutSession:
        return replace(self.sessions[session_id], status="expired")


class RefundsTwice(MemoryRefunds):
    """Two refunds for one idempotency key, and neither says whose order it was."""

    def make(self, request: RefundRequest) -> GatewayRefund:
        self.keys.clear()
        return super().make(request)

    def of_payment(self, payment_id: str) -> list[GatewayRefund]:
        return [replace(told, order_id="") for told in super().of_payment(payment_id)]


class HidesDisputes(MemoryDisputes):
    """Tells of every dispute as it was when it was opened."""

    def find(self, dispute_id: str) -> GatewayDispute:
        told = super().find(dispute_id)
        return replace(told, status="needs_response")


BROKEN: dict[str, tuple[type[Acting], Callable[[], StripeSide]]] = {
    "checkouts twice": (CheckoutMachine, lambda: StripeSide(gateway=ForgetsKeys(forget_answers=5))),
    "checkouts that do not expire": (CheckoutMachine, lambda: StripeSide(gateway=ExpiresNothing())),
    "refunds twice": (MoneyBackMachine, lambda: StripeSide(refunds=RefundsTwice())),
    "disputes that never end": (MoneyBackMachine, lambda: StripeSide(disputes=HidesDisputes())),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.databases("sqlite")  # the fault is the gateway's
def test_a_gateway_that_breaks_its_word_is_found_out(new_shop: NewShop, fault: str) -> None:
    machine, broken = BROKEN[fault]
    with pytest.raises(AssertionError):
        hunt(lambda: new_shop(broken()), machine)

"""The machine on both databases, and faults planted to show that it would find them."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from commands.ports import CheckoutSession
from tests.conftest import Room
from tests.databases import Fresh
from tests.fakes import MemoryGateway
from tests.machine.machine import MoneyMachine
from tests.machine.shop import Shop
from tests.machine.stripe_side import StripeSide

NewShop = Callable[[StripeSide], Shop]
# MACHINE_EXAMPLES=1000 looks for as many more, other ones each time; what it finds can be repeated.
LONGER = int(os.environ.get("MACHINE_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=LONGER or 12,
    stateful_step_count=40 if LONGER else 30,
    derandomize=not LONGER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def new_shop(room: Room, fresh: Fresh, tmp_path: Path) -> NewShop:
    def make(stripe: StripeSide) -> Shop:
        fresh.restore()
        return Shop.open(room, tmp_path, stripe)

    return make


def run(open_shop: Callable[[], Shop], chosen: settings = SETTINGS) -> None:
    class Machine(MoneyMachine):
        pass

    Machine.open_shop = staticmethod(open_shop)

    run_state_machine_as_test(Machine, settings=chosen)


def test_money_is_right_whatever_happens(new_shop: NewShop) -> None:
    run(lambda: new_shop(StripeSide()))


# -- planted faults -----------------------------------------------------------------------------

# Enough to find each one; shrinking what was found is for people.
HUNT = settings(SETTINGS, max_examples=80, phases=(Phase.generate,), print_blob=False)


class ForgetsKeys(MemoryGateway):
    """Two sessions for one idempotency key."""

    def of_attempt(self, attempt_id: str) -> CheckoutSession | None:
        return None


class ExpiresNothing(MemoryGateway):
    """Says that it did."""

    def expire(self, session_id: str) -> CheckoutSession:
        return replace(self.sessions[session_id], status="expired")


@pytest.mark.parametrize("bank", [ForgetsKeys, ExpiresNothing])
@pytest.mark.databases("sqlite")  # the fault is the gateway's
def test_a_gateway_that_breaks_its_word_is_found_out(
    new_shop: NewShop, bank: type[MemoryGateway]
) -> None:
    with pytest.raises(AssertionError):
        run(lambda: new_shop(StripeSide(gateway=bank())), HUNT)


TRIGGERS = {
    "a cent is lost on the way to the invoice": (
        "AFTER INSERT ON payment_allocations BEGIN UPDATE invoices"
        " SET allocated = allocated - 1 WHERE number = NEW.invoice_number; END"
    ),
    "a checkout that had to make way stays open": (
        "AFTER UPDATE ON checkout_attempts WHEN NEW.status = 'superseded' BEGIN"
        " UPDATE checkout_attempts SET status = 'open' WHERE id = NEW.id; END"
    ),
    "a link that was turned off comes back": (
        "AFTER INSERT ON audit WHEN NEW.action = 'start_checkout' BEGIN"
        " UPDATE payment_links SET state = 'active'; END"
    ),
}


@pytest.mark.parametrize("fault", TRIGGERS)
@pytest.mark.databases("sqlite")  # its own words for a trigger
def test_a_fault_in_the_books_is_found_out(new_shop: NewShop, fault: str) -> None:
    def broken() -> Shop:
        shop = new_shop(StripeSide())
        with shop.database.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TRIGGER planted {TRIGGERS[fault]}")
        return shop

    with pytest.raises((AssertionError, IntegrityError)):  # the schema may be quicker to object
        run(broken, HUNT)

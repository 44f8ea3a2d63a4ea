"""New shops for the machine, and how long it runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Room
from tests.databases import Fresh
from tests.machine.acting import Acting
from tests.machine.machine import MoneyMachine
from tests.machine.shop import Shop
from tests.machine.stripe_side import StripeSide

NewShop = Callable[[StripeSide], Shop]
# MACHINE_EXAMPLES=1000 looks for as many more, others each time; what it finds can be repeated.
LONGER = int(os.environ.get("MACHINE_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=LONGER or 15,
    stateful_step_count=40 if LONGER else 30,
    derandomize=not LONGER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# On PostgreSQL each step takes thrice as long, and most of what can go wrong is the same.
FEWER = settings(SETTINGS, max_examples=LONGER or 5)
# It ends with the first that is found: the one that takes longest takes eleven.
HUNT = settings(
    SETTINGS,
    max_examples=LONGER or 60,
    stateful_step_count=40 if LONGER else 20,
    phases=(Phase.generate,),
    print_blob=False,
)


@pytest.fixture
def new_shop(room: Room, fresh: Fresh, tmp_path: Path) -> NewShop:
    def make(stripe: StripeSide) -> Shop:
        fresh.restore()
        return Shop.open(room, tmp_path, stripe)

    return make


def run(
    open_shop: Callable[[], Shop],
    chosen: settings = SETTINGS,
    machine: type[Acting] = MoneyMachine,
) -> None:
    class Machine(machine):  # type: ignore[misc, valid-type]  # whichever it is
        pass

    Machine.open_shop = staticmethod(open_shop)

    run_state_machine_as_test(Machine, settings=chosen)


def hunt(open_shop: Callable[[], Shop], machine: type[Acting]) -> None:
    """In the part of the machine that it is about; in a longer run in all of it."""
    run(open_shop, HUNT, MoneyMachine if LONGER else machine)

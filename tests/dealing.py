"""Which tests are dealt to one process together, and in which order.

Together stay the tests of a module on one database, because they share what its fixtures have
made; and the journeys on one stage, which takes a dozen processes to set up. The longest begin
first, so that none of them is left to run alone at the end.
"""

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

ONE_STAGE = "tests/journeys/one_stage"
LONGEST = (
    ONE_STAGE,
    "tests/journeys/",
    "tests/chaos/",
    "tests/machine/",
    "tests/storage/test_receivables.py",
    "tests/storage/test_kept_balances.py",
    "tests/bot/web/test_pay_page.py",
    "tests/bot/sandbox/page/",
    "tests/renderers/",
)


class DealtByDatabase(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        place = ONE_STAGE if path.startswith(ONE_STAGE) else path
        return f"{place} on PostgreSQL" if "[postgresql" in test else place


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are processors: much of a test is waiting for other processes."""
    return (os.cpu_count() or 2) * 3 // 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> DealtByDatabase:
    return DealtByDatabase(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        beginnings = (n for n, begin in enumerate(LONGEST) if item.nodeid.startswith(begin))
        return next(beginnings, len(LONGEST))

    items.sort(key=rank)

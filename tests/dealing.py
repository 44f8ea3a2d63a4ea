"""On which databases a test runs, with which others in one process, and in which order.

Together stay the tests of a module on one database, because they share what its fixtures have
made; and the journeys on one stage, which takes a dozen processes to set up. The longest begin
first, so that none of them is left to run alone at the end.
"""

import os
import zlib
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

BOTH = ("sqlite", "postgresql")
DRAWN = ("tests/commands/", "tests/bot/")
RACES = {
    "threading",
    "ThreadPoolExecutor",
    "at_once",
    "unlocked",
}  # what a test names that starts threads
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


def databases_for(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    name, test = metafunc.definition.nodeid, metafunc.function
    everywhere = not name.startswith(DRAWN) or os.environ.get("BOTH_DATABASES")
    if everywhere or getattr(test, "is_hypothesis_test", False) or _races(test, set()):
        return BOTH
    return (BOTH[zlib.crc32(name.encode()) % len(BOTH)],)


def _races(function: Any, seen: set[str]) -> bool:
    """Whether it, or a function of its module that it calls, starts threads."""
    names = set(_names(function.__code__)) - seen
    seen |= names
    found = [vars(function).get("__wrapped__"), *map(function.__globals__.get, names)]
    own = [each for each in found if isinstance(each, FunctionType)]
    called = [each for each in own if each.__module__ == function.__module__]
    return not RACES.isdisjoint(names) or any(_races(each, seen) for each in called)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)

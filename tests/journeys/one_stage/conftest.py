"""One stage for each database: what happens to one invoice is nothing to the others."""

from collections.abc import Iterator

import pytest

from bot.sandbox.demo.stage import Stage
from tests import warm
from tests.databases import PostgreSQLDatabase


@pytest.fixture
def stage(database_kind: str, request: pytest.FixtureRequest) -> Stage:
    """Shared by all journeys of this folder, so each has invoices of its own."""
    fixture: Stage = request.getfixturevalue(f"{database_kind}_stage")
    return fixture


@pytest.fixture(scope="session")
def sqlite_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage"), launch=warm.launch) as started:
        yield started


@pytest.fixture(scope="session")
def postgresql_stage(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQLDatabase
) -> Iterator[Stage]:
    url = postgresql.new_url()  # `migrate` will create it
    with Stage(tmp_path_factory.mktemp("stage"), database_url=url, launch=warm.launch) as started:
        yield started

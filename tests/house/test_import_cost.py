"""What must not be loaded where it is not needed: each verb is a process that has to start."""

import json
import subprocess
import sys
from functools import cache

import pytest

# What one loads, the other loads too: the larger one's process answers for both.
WITHIN = {"storage.tables": "commands.export_ledger.service"}
PROCESSES = ("bot.web.server", "bot.jobs.worker", "bot.jobs.clock")
# What is loaded then, and how many foreign keys find the column that they name.
CODE = """
import json, sys, {module}
loaded, keys = list(sys.modules), 0
if "sqlmodel" in loaded:
    tables = sys.modules["sqlmodel"].SQLModel.metadata.tables.values()
    keys = len([key.column for table in tables for key in table.foreign_keys])
print(json.dumps([loaded, keys]))
"""


@cache
def importing(module: str) -> tuple[set[str], int]:
    """The modules that one loads, and the foreign keys that are whole afterwards."""
    command = [sys.executable, "-c", CODE.format(module=module)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    loaded, keys = json.loads(done.stdout)
    return set(loaded), keys


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("commands.access", "slack_bolt"),
        ("commands.rules.allocation", "slack_bolt"),
        ("bot.__main__", "weasyprint stripe sqlalchemy slack_bolt"),
        ("bot.serve", "weasyprint stripe sqlalchemy slack_bolt"),
        ("bot.web.server", "alembic weasyprint"),
        ("bot.jobs.worker", "alembic weasyprint slack_bolt starlette"),
        ("bot.jobs.clock", "alembic weasyprint slack_bolt starlette"),
        ("commands.export_ledger.service", "alembic weasyprint stripe slack_bolt jinja2"),
        ("storage.tables", "jinja2"),
    ],
)
def test_importing_one_does_not_load_the_others(module: str, unwanted: str) -> None:
    loaded, _ = importing(WITHIN.get(module, module))
    assert module in loaded
    assert loaded.isdisjoint(unwanted.split())


@pytest.mark.parametrize("module", PROCESSES)
def test_every_process_knows_every_table_that_a_foreign_key_names(module: str) -> None:
    _, keys = importing(module)
    assert keys > 20

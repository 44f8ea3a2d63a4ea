"""What must not be loaded where it is not needed: each verb is a process that has to start."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("commands.access", "slack_bolt"),
        ("commands.rules.allocation", "slack_bolt"),
        ("bot.__main__", "weasyprint stripe sqlalchemy slack_bolt"),
        ("bot.serve", "weasyprint stripe sqlalchemy slack_bolt"),
        ("bot.web.server", "weasyprint"),
        ("bot.jobs.worker", "weasyprint slack_bolt starlette"),
        ("bot.jobs.clock", "weasyprint slack_bolt starlette"),
        ("commands.export_ledger.service", "weasyprint stripe slack_bolt jinja2"),
        ("storage.tables", "jinja2"),
    ],
)
def test_importing_one_does_not_load_the_others(module: str, unwanted: str) -> None:
    code = f"import sys, {module}; print(*set({unwanted.split()!r}) & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("module", ["bot.web.server", "bot.jobs.worker", "bot.jobs.clock"])
def test_every_process_knows_every_table_that_a_foreign_key_names(module: str) -> None:
    keys = "k.column for t in SQLModel.metadata.tables.values() for k in t.foreign_keys"
    code = f"import {module}; from sqlmodel import SQLModel; print(len([{keys}]))"
    found = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    assert int(found.stdout) > 20

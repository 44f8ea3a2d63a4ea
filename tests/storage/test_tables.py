"""Every process knows every table: a foreign key is followed when a row is written."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLLOW_ALL = (
    "import importlib, sys; importlib.import_module(sys.argv[1]);"
    " from sqlmodel import SQLModel;"
    " [key.column for table in SQLModel.metadata.tables.values() for key in table.foreign_keys]"
)


@pytest.mark.parametrize("module", ["bot.jobs.worker", "bot.jobs.clock", "bot.web.asgi"])
def test_what_a_process_imports_has_the_tables_that_its_rows_point_to(module: str) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", FOLLOW_ALL, module], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]

"""What must not be loaded where it is not needed."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("commands.access", "slack_bolt"),
        ("commands.rules.allocation", "slack_bolt"),
        ("bot.__main__", "weasyprint"),
        ("bot.settings", "stripe"),
        ("storage.tables", "jinja2"),
    ],
)
def test_importing_one_does_not_load_the_other(module: str, unwanted: str) -> None:
    code = f"import sys, {module}; sys.exit({unwanted!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The suite itself: it talks to this machine only, and says what it left out."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).parents[2]
NEEDS_CHROMIUM = "tests/renderers/test_emails_in_browser.py"  # loads the least of the product


def test_nothing_but_this_machine_can_be_reached() -> None:
    with pytest.warns(match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def run_without_chromium(**environment: str) -> tuple[int, str]:
    """The exit code and the last line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept.pop("NOTHING_LEFT_OUT", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", NEEDS_CHROMIUM],
        cwd=ROOT,
        env=kept | {"PATH": "/nowhere"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()[-1]


def test_the_last_line_says_what_was_left_out_and_how_to_get_it() -> None:
    code, last = run_without_chromium()
    assert code == pytest.ExitCode.OK
    assert last.startswith("Left out: ")
    assert "apt-get install chromium-headless-shell" in last


def test_in_the_gate_nothing_may_be_left_out() -> None:
    code, _ = run_without_chromium(NOTHING_LEFT_OUT="1")
    assert code == pytest.ExitCode.TESTS_FAILED

"""The `web` verb as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bot.sandbox import loopback
from bot.settings import KNOWN

PATIENCE_SECONDS = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def silent_stripe() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def web(tmp_path: Path, silent_stripe: str) -> Iterator[subprocess.Popen[bytes]]:
    """Up, though nobody answers behind it."""
    port = free_port()
    own = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "PORT": str(port),
        "SECRET_KEY": "a long enough secret key",
        "COMPANY_NAME": "Bloom Wholesale",
        "MAIL_FROM": "billing@bloom.test",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "STRIPE_API_KEY": "sk_test_1",
        "STRIPE_API_BASE": silent_stripe,
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
    }
    around = {name: value for name, value in os.environ.items() if name not in KNOWN}
    process = subprocess.Popen([sys.executable, "-m", "bot", "web"], env=around | own)
    try:
        until_up(f"http://127.0.0.1:{port}/healthz")
        yield process
    finally:
        process.kill()
        process.wait()


def until_up(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            assert loopback.get(url).is_success
        except httpx2.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_web_ends_well_when_it_is_asked_to(
    web: subprocess.Popen[bytes], asked: signal.Signals
) -> None:
    web.send_signal(asked)
    assert web.wait(PATIENCE_SECONDS) == 0

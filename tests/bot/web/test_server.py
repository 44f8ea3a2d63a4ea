"""The `web` verb as a process."""

import os
import signal
import subprocess
import sys
import time

import httpx2
import pytest

from bot.sandbox.demo.stage import COMPANY, _free_port
from storage.database import Database

PATIENCE_SECONDS = 60


def is_up(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/healthz", timeout=2).is_success
    except httpx2.HTTPError:
        return False


@pytest.mark.databases("sqlite")
def test_web_ends_cleanly_on_sigterm(database: Database) -> None:
    port = _free_port()
    settings = COMPANY | {
        "DATABASE_URL": database.url,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "a signing secret",
        "SMTP_URL": "smtp://127.0.0.1:9",
    }
    with subprocess.Popen([sys.executable, "-m", "bot", "web"], env=os.environ | settings) as web:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not is_up(f"http://127.0.0.1:{port}") and time.monotonic() < deadline:
                time.sleep(0.1)
            web.send_signal(signal.SIGTERM)
            assert web.wait(PATIENCE_SECONDS) == 0
        finally:
            web.kill()

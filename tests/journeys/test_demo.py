import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox import loopback
from tests.journeys.conftest import wait_for

LONGEST_SECONDS = 400  # about 30 on a quiet machine


@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_the_tour_sees_what_it_should(tmp_path: Path) -> None:
    theirs = tmp_path / "their.db"
    (tmp_path / "theirs.txt").write_text(f"sqlite:///{theirs}")
    (tmp_path / ".env").write_text("MAIL_MODE=hold\nSEND_HOLD_SECONDS=500\n")
    environment = dict(os.environ) | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DATABASE_URL_FILE": str(tmp_path / "theirs.txt"),
    }
    output = tmp_path / "said.txt"
    command = [sys.executable, "-m", "bot", "demo", "--once"]
    with output.open("wb") as said:
        demo = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=said)
        try:
            demo.wait(LONGEST_SECONDS)
        finally:
            demo.terminate()
            demo.wait(60)
    assert demo.returncode == 0, output.read_text()
    assert "The tour is complete" in output.read_text()
    assert "Open  http://127.0.0.1:" in output.read_text()
    assert not theirs.exists(), "somebody's own settings reach no demo"


def test_the_page_is_there_before_the_product_is(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    output = tmp_path / "said.txt"
    command = [sys.executable, "-m", "bot", "demo", "--no-tour"]
    with output.open("wb") as said:
        demo = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,  # which a supervisor ends as a whole
        )
        try:
            url = wait_for(lambda: re.search(r"Open  (http://\S+)", output.read_text()), "address")[
                1
            ]
            page = loopback.get(url)
            state = loopback.get(f"{url}/state", params={"person": "U01ANNA"}).json()
        finally:
            os.killpg(demo.pid, signal.SIGTERM)
            demo.wait(LONGEST_SECONDS)
    assert "<title>Payment Links" in page.text
    assert state["stage"]["is"] == "starting"
    assert state["stage"]["roles"]["U01ANNA"] == "Admin"
    assert "Traceback" not in output.read_text()
    wait_for(lambda: _is_gone(demo.pid), "end of all that it started")


def _is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False

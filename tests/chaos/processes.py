"""Processes of their own: started, signalled, and what /proc says of them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests import warm as warm_processes
from tests.chaos import fast_worker

ROOT = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL
_GONE = (ProcessLookupError, PermissionError)


@dataclass(frozen=True)
class Recipe:
    """How a process is started: `python -m module arguments`, with `settings` added."""

    module: str
    arguments: tuple[str, ...]
    settings: dict[str, str]
    log: Path


class Child:
    """A running process, the leader of its own group."""

    def __init__(self, recipe: Recipe, *, warm: bool) -> None:
        """`warm`: from a forkserver that has imported everything, in milliseconds."""
        start = _forked if warm else _executed
        self._process = start(recipe)
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        if isinstance(self._process, subprocess.Popen):
            return self._process.poll()
        return self._process.exitcode

    def wait(self, seconds: float = 30) -> int:
        if isinstance(self._process, subprocess.Popen):
            return self._process.wait(seconds)
        self._process.join(seconds)
        code = self._process.exitcode
        assert code is not None, f"process {self.pid} does not end"
        return code

    def send(self, number: signal.Signals) -> None:
        with suppress(*_GONE):
            os.kill(self.pid, number)

    def end(self) -> None:
        """SIGKILL for it and whoever it started."""
        self.send(signal.SIGKILL)
        with suppress(*_GONE):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def _forked(recipe: Recipe) -> ForkServerProcess:
    task = (recipe.module, recipe.arguments, recipe.settings, recipe.log)
    return warm_processes.process(fast_worker.forked, *task)


def _executed(recipe: Recipe) -> "subprocess.Popen[bytes]":
    with recipe.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", recipe.module, *recipe.arguments],
            env=dict(os.environ) | recipe.settings,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def state(pid: int) -> str:
    """One letter as ps shows it: R, S, D, T (stopped), Z (ended); "" when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return text.rpartition(")")[2].split()[0]


def group_runs(group: int) -> bool:
    """Whether anybody in the group is still there."""
    try:
        os.killpg(group, 0)
    except _GONE:
        return False
    return True


def wait_until_gone(groups: list[int], seconds: float) -> list[int]:
    """The groups in which somebody still runs after that time."""
    deadline = time.monotonic() + seconds
    left = [group for group in groups if group_runs(group)]
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [group for group in left if group_runs(group)]
    return left

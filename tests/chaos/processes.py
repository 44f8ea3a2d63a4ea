"""Signals to processes and their groups, and what /proc says of them."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

GONE = (ProcessLookupError, PermissionError)


def state(pid: int) -> str:
    """One letter as ps shows it: R, S, D, T (stopped), Z (ended); "" when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return text.rpartition(")")[2].split()[0]


def send(pid: int, number: signal.Signals) -> None:
    with suppress(*GONE):
        os.kill(pid, number)


def group_runs(group: int) -> bool:
    """Whether anybody in the group is still there."""
    try:
        os.killpg(group, 0)
    except GONE:
        return False
    return True


def end_group(group: int) -> None:
    with suppress(*GONE):
        os.killpg(group, signal.SIGKILL)


def wait_until_gone(groups: list[int], seconds: float) -> list[int]:
    """The groups in which somebody still runs after that time."""
    deadline = time.monotonic() + seconds
    left = [group for group in groups if group_runs(group)]
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [group for group in left if group_runs(group)]
    return left

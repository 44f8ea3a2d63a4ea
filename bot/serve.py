"""The `serve` verb: web, worker and clock as children of one process group."""

import logging
import subprocess
import sys
import threading

from bot.stopping import stop_on_signal

log = logging.getLogger(__name__)

VERBS = ("web", "worker", "clock")
GRACE_SECONDS = 30


def run() -> int:
    """0 after SIGTERM; 1 when a child ended by itself, so that a supervisor starts all anew."""
    stop = stop_on_signal()
    children = {verb: _start(verb) for verb in VERBS}
    fallen = _wait(children, stop)
    for child in children.values():
        child.terminate()
    for verb, child in children.items():
        _end(verb, child)
    return 1 if fallen else 0


def _start(verb: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bot", verb])  # noqa: S603 -- our own verbs


def _wait(children: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> bool:
    """True when a child ended before anybody asked."""
    while not stop.wait(0.2):
        for verb, child in children.items():
            if child.poll() is not None:
                log.error("ended by itself", extra={"child": verb, "exit": child.returncode})
                return True
    return False


def _end(verb: str, child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("did not stop in time", extra={"child": verb})
        child.kill()
        child.wait()

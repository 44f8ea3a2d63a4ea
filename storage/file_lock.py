"""An exclusive lock on a file, taken in the order of asking, with a bound on the wait."""

import fcntl
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TextIO


@contextmanager
def locked(path: Path, patience: float | None = None) -> Iterator[None]:
    """Hold the lock; `TimeoutError` when somebody else kept it for `patience` seconds."""
    file = path.open("a")
    if not _taken(file):
        _wait(file, patience)
    with file:
        yield


@contextmanager
def tried(path: Path) -> Iterator[bool]:
    """Hold the lock if nobody else does, and say whether."""
    with path.open("a") as file:
        yield _taken(file)


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(file: TextIO, patience: float | None) -> None:
    """Flock knows no time limit, and asking again and again would hardly be served beside
    writers who queue: so a thread queues, and lets go again when nobody waits any more.
    """
    if patience is None:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    turn: Future[None] = Future()
    Thread(target=_queue, args=(file, turn), name="write turn", daemon=True).start()
    try:
        turn.result(patience)
    except TimeoutError:
        if turn.cancel():
            raise
        turn.result()  # it came at the last moment


def _queue(file: TextIO, turn: "Future[None]") -> None:
    fcntl.flock(file, fcntl.LOCK_EX)
    if turn.set_running_or_notify_cancel():
        turn.set_result(None)
    else:
        file.close()

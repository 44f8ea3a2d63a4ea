"""Faults to order: the next API calls that match go wrong in a chosen way."""

import threading
from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal["rate_limit", "error", "error_after", "hang", "drop"]
FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)
MAX_HANG_SECONDS = 120.0


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    rate_limit: 429, nothing done. error: 500, nothing done. error_after: done, then 500. Both 500s
    are saved under the idempotency key. hang: waits `seconds`, then answers. drop: done, saved,
    and the connection is cut before a byte of the answer.
    """

    kind: FaultKind
    path: str = ""
    method: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"{self.kind!r} is none of {', '.join(FAULT_KINDS)}")
        if not 0 <= self.seconds <= MAX_HANG_SECONDS:
            raise ValueError(f"a hang lasts between 0 and {MAX_HANG_SECONDS:.0f} s")

    def fits(self, method: str, path: str) -> bool:
        return path.startswith(self.path) and self.method in {"", method}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []

    def order(self, fault: Fault, times: int = 1) -> None:
        with self._lock:
            self._queue.extend([fault] * times)

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first ordered fault that fits this call; it is spent by that."""
        with self._lock:
            for index, fault in enumerate(self._queue):
                if fault.fits(method, path):
                    return self._queue.pop(index)
        return None

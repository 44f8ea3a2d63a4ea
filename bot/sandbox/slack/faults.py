"""Faults on demand: what Slack and networks do on a bad day."""

import threading
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["rate_limited", "server_error", "error", "hang", "drop"]


@dataclass
class Fault:
    """Strikes the next `times` calls of `method` in `channel` (id or "#name"; None: any).

    - rate_limited: 429 with `Retry-After: seconds`, nothing is done
    - server_error: 500, nothing is done
    - error: ``ok: false`` with `code`, nothing is done
    - hang: waits `seconds`, then acts and answers
    - drop: acts, then cuts the connection without an answer
    """

    kind: FaultKind
    times: int = 1
    method: str | None = None
    channel: str | None = None
    seconds: float = 1.0
    code: str = "internal_error"


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def strike(self, method: str, channels: tuple[str, ...]) -> Fault | None:
        """Take the fault meant for this call, oldest first; `channels` are names for one place."""
        with self._lock:
            for fault in self._waiting:
                if fault.method in (None, method) and fault.channel in (None, *channels):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

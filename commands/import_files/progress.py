"""How far a long import is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_EVERY_ROWS = 10_000
_EVERY_SECONDS = 2.0


@dataclass
class Ticker:
    """Says how far things are, every 10,000 rows or two seconds."""

    say: Callable[[str], None]
    _last: float = field(default_factory=time.monotonic)

    def at(self, doing: str, done: int) -> None:
        if done % _EVERY_ROWS == 0 or time.monotonic() - self._last > _EVERY_SECONDS:
            self._last = time.monotonic()
            self.say(f"{doing}: {done:,}")

"""How often an address may ask for links that do not exist."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_MISSES = 30
_WINDOW_SECONDS = 600.0
_MOST_ADDRESSES = 10_000


class UnknownTokens:
    """Counts misses by address, in memory and bounded: the oldest address is forgotten first."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._misses: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def missed(self, address: str) -> bool:
        """Count one more; False when there were too many in ten minutes."""
        with self._lock:
            now = self._monotonic()
            since, count = self._misses.pop(address, (now, 0))
            if now - since >= _WINDOW_SECONDS:
                since, count = now, 0
            self._misses[address] = (since, count + 1)
            if len(self._misses) > _MOST_ADDRESSES:
                self._misses.popitem(last=False)
            return count < _MOST_MISSES

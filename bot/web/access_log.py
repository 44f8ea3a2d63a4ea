"""One log line a request: method, first part of the path, status, time. Never a token."""

import logging
import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

REQUESTS = Counter("http_requests", "Requests answered.", ["area", "status"])
SECONDS = Histogram("http_request_seconds", "Time to the end of the answer.", ["area"])
_AREAS = frozenset({"slack", "stripe", "pay", "preview", "healthz", "readyz", "metrics"})


class AccessLog:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            _note(scope, status, time.monotonic() - began)


def _note(scope: Scope, status: int, seconds: float) -> None:
    first = str(scope["path"]).strip("/").split("/", 1)[0]
    area = first if first in _AREAS else "other"
    REQUESTS.labels(area, str(status)).inc()
    SECONDS.labels(area).observe(seconds)
    shown = {"method": scope["method"], "area": area, "status": status, "ms": round(seconds * 1000)}
    log.info("request", extra=shown)

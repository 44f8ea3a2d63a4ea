"""Cutting a connection without an answer, which ASGI has no message for."""

from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_ABORT = "sandbox.abort"


class AbortableConnections:
    """Outermost app: lets `DroppedConnection` reach the socket that uvicorn holds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def abort() -> None:
            # uvicorn's `send` is a method of the request cycle, which owns the transport.
            cycle: Any = getattr(send, "__self__", None)
            cycle.transport.abort()
            while (await receive())["type"] != "http.disconnect":
                pass

        await self._app({**scope, _ABORT: abort}, receive, send)


class DroppedConnection(Response):
    """No answer at all: the client sees its connection reset or closed."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        await scope[_ABORT]()

"""Run an ASGI app on a loopback socket in a thread of its own."""

import asyncio
import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

START_SECONDS = 10.0
STOP_SECONDS = 5.0
GRACE_SECONDS = 1.0
LOOK_SECONDS = 0.005


class LoopbackServer:
    """Serves `app` on 127.0.0.1; the port is the system's choice and known before `start`.

    The socket is bound here and handed over, so no other process can take the port in between.
    `wish`: this port if it is free.
    """

    def __init__(self, app: ASGIApp, wish: int = 0) -> None:
        # asyncio turns off Nagle's delay (40 ms on some answers) only where the protocol is named.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._bind(wish)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none")
        self._server = _PromptServer(config)
        self._thread = threading.Thread(target=self._run, name=f"loopback {self.url}", daemon=True)

    def _bind(self, wish: int) -> None:
        if wish:  # else it would be taken for a minute after the last one who had it
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", wish))
        except OSError:
            self._socket.bind(("127.0.0.1", 0))

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> Self:
        """Return once requests are answered; RuntimeError if that takes more than 10 s."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"the server at {self.url} did not start")
            time.sleep(LOOK_SECONDS)
        return self

    def stop(self) -> None:
        """Finish within about a second: a request that hangs is cut off."""
        if self._thread.is_alive():
            self._server.ask_to_stop()
            self._thread.join(STOP_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _PromptServer(uvicorn.Server):
    """Stops as soon as it is asked: uvicorn's own looks and waits by tenths of a second.

    That is nothing for a service, and a third of the time of a suite that stops 700 servers.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask_to_stop(self) -> None:
        """Ask from another thread."""
        self.should_exit = True
        if self._loop is not None:  # else the main loop has not looked yet, and will
            self._loop.call_soon_threadsafe(self._asked.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            try:
                async with asyncio.timeout(1):
                    await self._asked.wait()
            except TimeoutError:
                continue  # the tick sets the Date header of the next second

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for bound in sockets or []:
            bound.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 -- uvicorn counts them in sets, without an event
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            for task in list(self.server_state.tasks):
                task.cancel()
        await self.lifespan.shutdown()

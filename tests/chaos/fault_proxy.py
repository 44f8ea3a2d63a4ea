"""A TCP proxy that misbehaves on demand: put between the product and what it talks to."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

Mode = Literal["ok", "refuse", "reset", "delay", "drop_answer", "half_open"]
_CHUNK = 65536
_START_SECONDS = 10.0


@dataclass(frozen=True)
class Fault:
    """What happens to connections, to those that are open already too.

    refuse: nobody listens. reset: cut after `after_bytes` from the client. delay: each chunk waits
    `seconds`. drop_answer: once the client has said `once_said`, the server acts on it, its answer
    is swallowed and the connection cut. half_open: accepts, forwards nothing, never closes.
    """

    mode: Mode = "ok"
    after_bytes: int = 0
    seconds: float = 0.0
    once_said: bytes = b""


OK = Fault()


class FaultProxy:
    """`with FaultProxy(port) as proxy:` then connect to 127.0.0.1:`proxy.port`.

    `upstream` is a port on loopback or the path of a Unix socket.
    `counts` says how many connections there were ("connections") and how often each mode struck.
    """

    def __init__(self, upstream: int | str) -> None:
        self.upstream = upstream
        self.counts: Counter[str] = Counter()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._fault = OK
        self._switched = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy")

    @property
    def fault(self) -> Fault:
        return self._fault

    def switch(self, fault: Fault) -> None:
        """From now on; what an earlier half_open held back is cut, as it could not be answered."""
        self._call(self._switch(fault))

    def start(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._call(self._shut_down())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_SECONDS)
        self._socket.close()
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_SECONDS)

    async def _switch(self, fault: Fault) -> None:
        self._fault = fault
        self._switched.set()
        self._switched = asyncio.Event()
        if fault.mode == "refuse":
            self._close_port()
            self._cut_all()
        elif self._server is None:
            self._socket = socket.create_server(("127.0.0.1", self.port))
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, sock=self._socket)

    def _close_port(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _cut_all(self) -> None:
        for writer in self._open:
            _cut(writer)

    async def _shut_down(self) -> None:
        self._close_port()
        self._cut_all()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        ends = [client]
        self._open.add(client)
        try:
            if self._fault.mode == "half_open":
                await self._hold()
                return
            answers, server = await self._dial()
            ends.append(server)
            self._open.add(server)
            await self._relay(_Talk(reader, client, answers, server))
        except OSError:
            self.counts["lost"] += 1  # the other side broke off, as processes that are killed do
        finally:
            for end in ends:
                self._open.discard(end)
                _cut(end)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection("127.0.0.1", self.upstream)

    async def _relay(self, talk: "_Talk") -> None:
        """Until either side has ended."""
        ways = [asyncio.create_task(self._asks(talk)), asyncio.create_task(self._answers(talk))]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _asks(self, talk: "_Talk") -> None:
        while chunk := await talk.reader.read(_CHUNK):
            fault = self._fault
            await self._wait_for_turn(fault)
            talk.note(chunk, fault)
            if fault.mode == "reset" and talk.passed + len(chunk) >= fault.after_bytes:
                self.counts["reset"] += 1
                talk.server.write(chunk[: fault.after_bytes - talk.passed])
                await talk.server.drain()
                return
            talk.passed += len(chunk)
            talk.server.write(chunk)
            await talk.server.drain()

    async def _answers(self, talk: "_Talk") -> None:
        while chunk := await talk.answers.read(_CHUNK):
            fault = self._fault
            if fault.mode == "drop_answer" and talk.said:
                self.counts["drop_answer"] += 1
                return
            await self._wait_for_turn(fault)
            talk.client.write(chunk)
            await talk.client.drain()

    async def _wait_for_turn(self, fault: Fault) -> None:
        if fault.mode == "delay":
            self.counts["delay"] += 1
            await asyncio.sleep(fault.seconds)
        elif fault.mode == "half_open":
            await self._hold()

    async def _hold(self) -> None:
        self.counts["half_open"] += 1
        await self._switched.wait()
        raise ConnectionResetError("held until the fault was over")


@dataclass
class _Talk:
    """One connection: both ends, how much the client said, and whether it said the words."""

    reader: asyncio.StreamReader
    client: asyncio.StreamWriter
    answers: asyncio.StreamReader
    server: asyncio.StreamWriter
    passed: int = 0
    said: bool = False
    tail: bytes = b""

    def note(self, chunk: bytes, fault: Fault) -> None:
        """Remember the words of drop_answer, also where they are torn in two."""
        heard = self.tail + chunk
        self.said = self.said or (fault.mode == "drop_answer" and fault.once_said in heard)
        self.tail = heard[-64:]


def _cut(writer: asyncio.StreamWriter) -> None:
    """With a reset: nothing that is under way arrives."""
    writer.transport.abort()

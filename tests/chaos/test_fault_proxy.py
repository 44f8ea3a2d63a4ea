"""Each mode of the proxy, against a server that repeats every line it hears."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.chaos.fault_proxy import OK, Fault, FaultProxy

LOST = (ConnectionError, TimeoutError)


class Echo(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Repeat)
        self.heard: list[bytes] = []
        self.port: int = self.server_address[1]


class _Repeat(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Echo)
        try:
            for line in self.rfile:
                self.server.heard.append(line)
                self.wfile.write(line)
        except ConnectionError:
            return  # the proxy cut it


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with FaultProxy(echo.port) as started:
        yield started


def dial(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def answer(talk: socket.socket, line: bytes = b"hello\n") -> bytes:
    """What comes back; b"" when the connection was cut."""
    try:
        talk.sendall(line)
        return talk.recv(4096)
    except ConnectionError:
        return b""


def wait_until_heard(echo: Echo, line: bytes) -> None:
    deadline = time.monotonic() + 5
    while line not in echo.heard and time.monotonic() < deadline:
        time.sleep(0.01)
    assert line in echo.heard


def test_ok_passes_everything_on(proxy: FaultProxy) -> None:
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"
        assert answer(talk, b"again\n") == b"again\n"
    assert proxy.counts["connections"] == 1


def test_refuse_closes_the_port_until_it_is_switched_back(proxy: FaultProxy) -> None:
    proxy.switch(Fault("refuse"))
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    proxy.switch(OK)
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"


def test_refuse_cuts_what_is_open(proxy: FaultProxy) -> None:
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"
        proxy.switch(Fault("refuse"))
        assert answer(talk) == b""


def test_reset_cuts_after_so_many_bytes(proxy: FaultProxy, echo: Echo) -> None:
    proxy.switch(Fault("reset", after_bytes=9))
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"
        assert answer(talk, b"you there\n") == b""
    assert echo.heard[0] == b"hello\n"
    assert b"you there\n" not in echo.heard
    assert proxy.counts["reset"] == 1


def test_delay_makes_every_chunk_wait(proxy: FaultProxy) -> None:
    proxy.switch(Fault("delay", seconds=0.1))
    with dial(proxy) as talk:
        started = time.monotonic()
        assert answer(talk) == b"hello\n"
        assert time.monotonic() - started >= 0.2  # there and back
    assert proxy.counts["delay"] == 2


def test_drop_answer_lets_the_server_act_and_swallows_what_it_says(
    proxy: FaultProxy, echo: Echo
) -> None:
    proxy.switch(Fault("drop_answer"))
    with dial(proxy) as talk:
        assert answer(talk) == b""
    wait_until_heard(echo, b"hello\n")
    assert proxy.counts["drop_answer"] == 1


def test_drop_answer_waits_for_its_words(proxy: FaultProxy) -> None:
    proxy.switch(Fault("drop_answer", once_said=b"COMMIT"))
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"
        talk.sendall(b"COM")
        assert answer(talk, b"MIT\n") == b""
    assert proxy.counts["drop_answer"] == 1


def test_half_open_accepts_and_says_nothing(proxy: FaultProxy, echo: Echo) -> None:
    proxy.switch(Fault("half_open"))
    with dial(proxy) as talk:
        talk.settimeout(0.2)
        with pytest.raises(TimeoutError):
            answer(talk)
    assert echo.heard == []
    assert proxy.counts["half_open"] == 1


def test_half_open_holds_what_was_open_before_and_cuts_it_in_the_end(proxy: FaultProxy) -> None:
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"
        proxy.switch(Fault("half_open"))
        talk.settimeout(0.2)
        with pytest.raises(TimeoutError):
            answer(talk)
        proxy.switch(OK)
        talk.settimeout(5)
        assert answer(talk) == b""
    with dial(proxy) as talk:
        assert answer(talk) == b"hello\n"


def test_a_dead_upstream_is_a_cut_connection(proxy: FaultProxy, echo: Echo) -> None:
    echo.server_close()
    with dial(proxy) as talk:
        assert answer(talk) == b""
    assert proxy.counts["lost"] == 1

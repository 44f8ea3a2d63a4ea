"""A mail server on loopback that keeps everything it accepts."""

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

from bot.sandbox.mail.certificate import server_context
from bot.sandbox.mail.conversation import FaultySmtp, Post
from bot.sandbox.mail.faults import MailFaults, SmtpFault, Stage
from bot.sandbox.mail.received import ReceivedMail, save_all

Encryption = Literal["none", "starttls", "implicit"]
START_SECONDS = 10.0


class MailSandbox:
    """`with MailSandbox() as mail:` then send to `mail.url`.

    With `credentials` nothing is accepted before AUTH. `encryption`: none, STARTTLS offered, or
    TLS from the first byte; `trusted` is a client's SSL context that accepts the certificate.
    """

    def __init__(
        self,
        credentials: tuple[str, str] | None = None,
        encryption: Encryption = "none",
    ) -> None:
        self.encryption = encryption
        self._changed = threading.Condition()
        self._messages: list[ReceivedMail] = []
        self._post = Post(self._deliver, credentials)
        self._folder = tempfile.TemporaryDirectory(prefix="mail-sandbox-")
        self.certificate = Path(self._folder.name) / "certificate.pem"
        self._context = server_context(self.certificate)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="mail sandbox", daemon=True)

    @property
    def url(self) -> str:
        """What `SMTP_URL` takes, credentials included."""
        scheme = "smtps" if self.encryption == "implicit" else "smtp"
        login = ":".join(quote(part, safe="") for part in self._post.credentials or ())
        query = "?starttls=required" if self.encryption == "starttls" else ""
        return f"{scheme}://{login}{'@' if login else ''}127.0.0.1:{self.port}{query}"

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def messages(self) -> list[ReceivedMail]:
        """Everything accepted so far, oldest first."""
        with self._changed:
            return list(self._messages)

    @property
    def faults(self) -> MailFaults:
        return self._post.faults

    def to(self, address: str) -> list[ReceivedMail]:
        return [mail for mail in self.messages if mail.sent_to(address)]

    def wait_for(
        self, predicate: Callable[[ReceivedMail], bool], timeout: float = 10.0
    ) -> ReceivedMail:
        """The first message that fits, now or within `timeout` seconds; TimeoutError else."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(predicate, self._messages)), timeout)
            for mail in self._messages:
                if predicate(mail):
                    return mail
            count = len(self._messages)
        raise TimeoutError(f"none of {count} messages fits after {timeout} s")

    def clear(self) -> None:
        """Forget every message and every fault."""
        with self._changed:
            self._messages.clear()
        self.faults.clear()

    def save(self, folder: Path) -> list[Path]:
        """Write every message as .eml with its attachments in a folder beside it."""
        return save_all(self.messages, folder)

    def refuse_recipient(self, address: str, reply: str = "550 5.1.1 No such user here") -> None:
        self.faults.refuse(address, reply)

    def greylist(self) -> None:
        """The first RCPT of each pair of sender and recipient is put off with 451."""
        self.faults.greylisting = True

    def answer(self, at: Stage, reply: str, times: int = 1) -> None:
        """The next `times` conversations get this reply at that stage."""
        self.faults.order(SmtpFault(at, reply=reply), times)

    def hang(self, at: Stage, seconds: float, times: int = 1) -> None:
        self.faults.order(SmtpFault(at, hang=seconds), times)

    def drop(self, at: Stage = "MESSAGE", times: int = 1) -> None:
        """Cut the connection at that stage; at MESSAGE the server keeps what it got."""
        self.faults.order(SmtpFault(at, drop=True), times)

    def refuse_connections(self) -> None:
        """Close the port until `accept_connections`."""
        self._call(self._close())

    def accept_connections(self) -> None:
        self._call(self._reopen())

    def start(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._call(self._shut_down())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(START_SECONDS)
        self._socket.close()
        self._loop.close()
        self._folder.cleanup()

    def _deliver(self, mail: ReceivedMail) -> None:
        with self._changed:
            self._messages.append(mail)
            self._changed.notify_all()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(START_SECONDS)

    def _connection(self) -> FaultySmtp:
        context = self._context if self.encryption == "starttls" else None
        return FaultySmtp(self._post, self._loop, context)

    async def _listen(self) -> None:
        context = self._context if self.encryption == "implicit" else None
        self._server = await self._loop.create_server(
            self._connection, sock=self._socket, ssl=context
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _reopen(self) -> None:
        if self._server is None:
            self._socket = socket.create_server(("127.0.0.1", self.port))
            await self._listen()

    async def _shut_down(self) -> None:
        await self._close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

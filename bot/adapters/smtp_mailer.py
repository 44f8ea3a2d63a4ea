"""The mail server: the only importer of smtplib.

The conversation is spoken step by step, because smtplib's `sendmail` cannot tell what became of
each recipient, and turns "the server has it" and "it does not" into the same exception.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from commands.errors import MailUnavailable, Refused
from commands.ports import MailEnvelope, MailOutcomeUnknown, RecipientOutcome

CONNECT_SECONDS = 15.0
CONVERSATION_SECONDS = 120.0

_PORTS = {"smtp": 25, "smtps": 465}
_GO_AHEAD = 354
_AUTHENTICATE_FIRST = 530
_TEMPORARY, _PERMANENT, _REPLIES = range(400, 500), range(500, 600), range(200, 600)
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_LOST = (smtplib.SMTPServerDisconnected, OSError)  # a time-out is an OSError


class BadSmtpUrl(ValueError):
    """The sentence says what SMTP_URL should look like."""


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    user: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read `smtp://[user:pass@]host:port[?starttls=required]` or `smtps://…`."""
        port, parts = _port(url), urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        starttls = options.pop("starttls", "")
        if parts.scheme not in _PORTS or not parts.hostname or options:
            raise BadSmtpUrl("use smtp://[user:pass@]host:port[?starttls=required] or smtps://…")
        if starttls not in {"", "required"} or (starttls and parts.scheme == "smtps"):
            raise BadSmtpUrl("starttls can only be `required`, and only with smtp://")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            implicit_tls=parts.scheme == "smtps",
            starttls=bool(starttls),
            user=_ascii(unquote(parts.username or "")),
            password=_ascii(unquote(parts.password or "")),
        )


def _ascii(text: str) -> str:
    """As far as smtplib can log in. The text itself is in no message."""
    if not text.isascii():
        raise BadSmtpUrl("the user and the password can only have ASCII characters")
    return text


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError as error:
        raise BadSmtpUrl(str(error)) from error


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, and for everything together."""

    connect: float = CONNECT_SECONDS
    conversation: float = CONVERSATION_SECONDS


class SmtpMailer:
    """`Mailer` for the server of an SMTP_URL; one connection for each mail.

    `cafile`: trust this certificate authority instead of the system's.
    """

    def __init__(
        self, url: str, *, cafile: Path | None = None, patience: Patience | None = None
    ) -> None:
        self._server = Server.from_url(url)
        self._patience = patience or Patience()
        self._cafile = None if cafile is None else str(cafile)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made for the first server that asks for it: loading certificates takes 40 ms."""
        return ssl.create_default_context(cafile=self._cafile)

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        """As `Mailer.send` says; what `before_data` raises passes through."""
        deadline = time.monotonic() + self._patience.conversation
        with closing(self._connect(deadline)) as talk:
            outcomes = talk.offer(envelope)
            if any(outcome.sent for outcome in outcomes):
                before_data()
                verdict = talk.data(envelope.message)
                outcomes = [_judged(outcome, verdict) for outcome in outcomes]
            talk.say_goodbye()
        return outcomes

    def _connect(self, deadline: float) -> "_Conversation":
        with _nothing_sent(self._server):
            talk = _Conversation(self._server, self._dial(), deadline)
        try:
            talk.introduce(self._tls if self._server.starttls else None)
        except BaseException:
            talk.close()
            raise
        return talk

    def _dial(self) -> smtplib.SMTP:
        host, port, timeout = self._server.host, self._server.port, self._patience.connect
        if self._server.implicit_tls:
            return smtplib.SMTP_SSL(host, port, _own_name(), timeout=timeout, context=self._tls)
        return smtplib.SMTP(host, port, _own_name(), timeout=timeout)


class _Conversation:
    """One connection, every step of it bounded by one deadline."""

    def __init__(self, server: Server, connection: smtplib.SMTP, deadline: float) -> None:
        self._server = server
        self._connection = connection
        self._deadline = deadline

    def introduce(self, tls: ssl.SSLContext | None) -> None:
        """EHLO, STARTTLS (with `tls`) and AUTH as asked for: never less than that."""
        with _nothing_sent(self._server):
            self._hurry()
            if tls is not None:
                self._connection.starttls(context=tls)
            if self._server.user:
                self._connection.login(self._server.user, self._server.password)
            self._connection.ehlo_or_helo_if_needed()

    def offer(self, envelope: MailEnvelope) -> list[RecipientOutcome]:
        """MAIL and RCPT; silent recipients only when somebody else takes the mail."""
        with _nothing_sent(self._server):
            self._hurry()
            self._accept_sender(*self._connection.mail(envelope.sender))
            outcomes = [self._recipient(address) for address in envelope.recipients]
            if any(outcome.sent for outcome in outcomes):
                for address in envelope.silent:
                    self._recipient(address)
            return outcomes

    def data(self, message: bytes) -> tuple[int, str]:
        """DATA; the server's verdict. Raises `MailOutcomeUnknown` once it may have the message."""
        with _nothing_sent(self._server):
            self._hurry()
            code, reply = self._connection.docmd("DATA")
        if code != _GO_AHEAD:
            return self._definite(code, reply)
        try:
            self._hurry()
            self._connection.send(_dot_stuffed(message))
            code, reply = self._connection.getreply()
        except _LOST as error:
            raise MailOutcomeUnknown("The connection broke during DATA.") from error
        if code not in _REPLIES:
            raise MailOutcomeUnknown(f"The answer to DATA makes no sense: {code}.")
        return code, _text(reply)

    def say_goodbye(self) -> None:
        """The mail is settled: whatever goes wrong with QUIT changes nothing."""
        with suppress(*_LOST):
            self._hurry()
            self._connection.quit()

    def close(self) -> None:
        self._connection.close()

    def _hurry(self) -> None:
        """What is left of the deadline is how long the next step may take."""
        if self._connection.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        self._connection.sock.settimeout(max(self._deadline - time.monotonic(), 0.001))

    def _accept_sender(self, code: int, reply: bytes) -> None:
        code, words = self._definite(code, reply)
        if code == _AUTHENTICATE_FIRST:
            raise MailUnavailable(f"The mail server asks for a login in SMTP_URL: {words}")
        if code in _TEMPORARY:
            raise MailUnavailable(f"The mail server does not take mail just now: {code} {words}")
        if code in _PERMANENT:
            raise Refused(
                f"The mail server does not accept the sender of MAIL_FROM: {code} {words}"
            )

    def _recipient(self, address: str) -> RecipientOutcome:
        self._hurry()
        code, words = self._definite(*self._connection.rcpt(address))
        return RecipientOutcome(address, code, words)

    def _definite(self, code: int, reply: bytes) -> tuple[int, str]:
        if code not in _REPLIES:
            raise smtplib.SMTPServerDisconnected(f"no SMTP reply: {code} {_text(reply)}")
        return code, _text(reply)


@contextmanager
def _nothing_sent(server: Server) -> Iterator[None]:
    """Every fault before DATA, as a sentence that names the mend."""
    name = f"{server.host}:{server.port}"
    try:
        yield
    except smtplib.SMTPNotSupportedError as error:
        missing = "STARTTLS" if server.starttls and "STARTTLS" in str(error) else "a login (AUTH)"
        raise MailUnavailable(
            f"The mail server {name} does not offer {missing}, which SMTP_URL asks for."
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise MailUnavailable(
            f"The mail server {name} refuses the user or password of SMTP_URL ({error.smtp_code})."
        ) from error
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason
        raise MailUnavailable(f"The mail server {name} cannot be trusted: {reason}.") from error
    except smtplib.SMTPResponseException as error:
        words = _text(error.smtp_error)
        raise MailUnavailable(f"The mail server {name} said {error.smtp_code} {words}") from error
    except _LOST as error:
        raise MailUnavailable(f"The mail server {name} cannot be reached: {error}") from error
    except ValueError as error:  # a host that is no name, a challenge that is no base64
        raise MailUnavailable(f"The mail server {name} cannot be spoken to: {error}") from error


def _judged(outcome: RecipientOutcome, verdict: tuple[int, str]) -> RecipientOutcome:
    """What the server said about the message goes for everybody it had accepted."""
    code, words = verdict
    if not outcome.sent:
        return outcome
    return RecipientOutcome(outcome.address, code, words, of_message=True)


def _dot_stuffed(message: bytes) -> bytes:
    """The message with its end, as DATA wants it (RFC 5321, 4.5.2); lines end with CRLF."""
    body = message if message.endswith(b"\r\n") else message + b"\r\n"
    return _LEADING_DOT.sub(b"..", body) + b".\r\n"


def _text(reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(words.split())


def _own_name() -> str:
    """Said in EHLO, without asking a name server."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"

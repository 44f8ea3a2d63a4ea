"""The SMTP conversation: aiosmtpd's, with a place for a fault at every stage."""

import asyncio
import functools
import hmac
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.sandbox.mail.faults import MailFaults, SmtpFault
from bot.sandbox.mail.received import ReceivedMail

Command = Callable[["FaultySmtp", Any], Awaitable[None]]


@dataclass
class Post:
    """What one server knows: whom it lets in, what goes wrong, where mail is put."""

    deliver: Callable[[ReceivedMail], None]
    credentials: tuple[str, str] | None = None
    faults: MailFaults = field(default_factory=MailFaults)

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        if self.credentials is None or not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = (text.encode() for text in self.credentials)
        right = hmac.compare_digest(given.login, user)
        right &= hmac.compare_digest(given.password, password)
        return AuthResult(success=right, handled=False, auth_data=given.login.decode())

    async def handle_MAIL(  # noqa: N802  # aiosmtpd names its hooks so
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.credentials is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd names its hooks so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.faults.answer_to(envelope.mail_from or "", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd names its hooks so
        self, server: "FaultySmtp", session: Session, envelope: Envelope
    ) -> str:
        fault = self.faults.take("MESSAGE")
        if fault is None or not fault.reply:
            self.deliver(_received(session, envelope, encrypted=server.encrypted))
        if fault is None:
            return "250 2.0.0 OK: queued"
        await asyncio.sleep(fault.hang)
        if fault.drop:
            server.cut()
        return fault.reply or "250 2.0.0 OK: queued"


def _received(session: Session, envelope: Envelope, *, encrypted: bool) -> ReceivedMail:
    return ReceivedMail(
        raw=bytes(envelope.original_content or b""),
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        received_at=datetime.now(UTC),
        encrypted=encrypted,
        user=str(session.auth_data) if session.authenticated else None,
    )


def _guarded(command: str) -> Command:
    """The command as aiosmtpd has it, unless a fault was ordered for it."""
    stage = "EHLO" if command == "HELO" else command
    original: Command = getattr(SMTP, f"smtp_{command}")

    @functools.wraps(original)
    async def guarded(self: "FaultySmtp", argument: Any) -> None:
        fault = self.post.faults.take(stage)
        if fault is None or not await self.meet(fault):
            await original(self, argument)

    return guarded


class FaultySmtp(SMTP):
    """One connection."""

    smtp_HELO = _guarded("HELO")  # noqa: N815  # aiosmtpd finds commands by these names
    smtp_EHLO = _guarded("EHLO")  # noqa: N815
    smtp_STARTTLS = _guarded("STARTTLS")  # noqa: N815
    smtp_AUTH = _guarded("AUTH")  # noqa: N815
    smtp_MAIL = _guarded("MAIL")  # noqa: N815
    smtp_RCPT = _guarded("RCPT")  # noqa: N815
    smtp_DATA = _guarded("DATA")  # noqa: N815
    smtp_QUIT = _guarded("QUIT")  # noqa: N815

    def __init__(
        self, post: Post, loop: asyncio.AbstractEventLoop, starttls: ssl.SSLContext | None
    ) -> None:
        self.post = post
        super().__init__(
            post,
            loop=loop,
            hostname="mail.sandbox.test",
            ident="sandbox",
            enable_SMTPUTF8=True,
            tls_context=starttls,
            # Credentials are asked for only where they cannot be overheard, if TLS is there at all.
            auth_require_tls=starttls is not None,
            authenticator=post.authenticate,
            auth_exclude_mechanism=None if post.credentials else ("LOGIN", "PLAIN"),
        )

    async def _handle_client(self) -> None:
        fault = self.post.faults.take("CONNECT")
        if fault is not None and await self.meet(fault):
            self.hang_up()
            return
        await super()._handle_client()

    async def meet(self, fault: SmtpFault) -> bool:
        """Let the fault happen; whether the stage is over with it."""
        await asyncio.sleep(fault.hang)
        if fault.drop:
            self.cut()
        elif fault.reply:
            await self.push(fault.reply)
        return bool(fault.drop or fault.reply)

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on, by STARTTLS or from the first byte."""
        return self.transport is not None and bool(self.transport.get_extra_info("ssl_object"))

    def cut(self) -> None:
        """End the connection without a word; nothing after this line runs."""
        self.hang_up()
        raise asyncio.CancelledError

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

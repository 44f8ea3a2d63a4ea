"""The product's own `worker` and `web`, with a clock that runs fast and points at which they end.

    python -m tests.chaos.fast_worker worker --origin 1790000000 --end mail.after_fence:3:KILL

Leases, retries and the pause after an ambiguity go by `Clock.real`, so a clock that runs 60 times
as fast shortens all of them alike and leaves the product as it is. What waits by other clocks
(SMTP, Slack, Stripe) is given its patience in the same measure.
"""

import argparse
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import logs, wiring
from bot.__main__ import main as product
from bot.adapters.slack_announcer import SlackAnnouncer
from bot.adapters.smtp_mailer import CONVERSATION_SECONDS, Patience, SmtpMailer
from bot.adapters.stripe_account import StripeAccount
from bot.adapters.stripe_balance import StripeBalance
from bot.adapters.stripe_client import connect
from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
from bot.adapters.stripe_history import StripeHistory
from bot.adapters.stripe_money_back import StripeDisputes, StripeRefunds
from bot.jobs import deliver, gateway_events
from bot.settings import Settings
from bot.stopping import stop_on_signal
from bot.web.asgi import build
from commands.desk import Carriers, Desk, Gateway
from commands.payments_account.stored import StoredAccount
from commands.ports import (
    Announcer,
    CheckoutRequest,
    Checkouts,
    CheckoutSession,
    GatewayPayment,
    GatewayPayments,
    MailEnvelope,
    Mailer,
    Posted,
    RecipientOutcome,
    SlackPost,
)
from tests.fakes import PlainPdfs

ANSWER_SECONDS = 2


@dataclass(frozen=True)
class FastClock:
    """Business time is the system's; the clock of leases and retries runs from `origin`."""

    origin: datetime
    speed: float

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        passed: timedelta = self.now() - self.origin
        return self.origin + passed * self.speed


@dataclass
class End:
    """The process gets the signal `sent` when it reaches that point for the nth time."""

    point: str = ""
    nth: int = 1
    sent: signal.Signals = signal.SIGKILL
    _reached: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def parse(cls, text: str) -> "End":
        """From such as "mail.after_fence:3:KILL"."""
        point, nth, name = text.split(":")
        return cls(point, int(nth), signal.Signals[f"SIG{name}"])

    def reach(self, point: str) -> None:
        with self._lock:
            self._reached[point] += 1
            if point == self.point and self._reached[point] == self.nth:
                os.kill(os.getpid(), self.sent)


@dataclass
class EndingMailer:
    inner: Mailer
    end: End

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        def fence() -> None:
            self.end.reach("mail.before_fence")
            before_data()
            self.end.reach("mail.after_fence")

        outcomes = self.inner.send(envelope, fence)
        self.end.reach("mail.after_data")
        return outcomes


@dataclass
class EndingAnnouncer:
    inner: Announcer
    end: End

    def post(self, post: SlackPost) -> Posted:
        self.end.reach("slack.before_post")
        posted = self.inner.post(post)
        self.end.reach("slack.after_post")
        return posted

    def update(self, ts: str, post: SlackPost) -> Posted:
        posted = self.inner.update(ts, post)
        self.end.reach("slack.after_update")
        return posted


@dataclass
class EndingCheckouts:
    inner: Checkouts
    end: End

    def start(self, request: CheckoutRequest) -> CheckoutSession:
        self.end.reach("checkout.before_start")
        made = self.inner.start(request)
        self.end.reach("checkout.after_start")
        return made

    def find(self, session_id: str) -> CheckoutSession:
        found = self.inner.find(session_id)
        self.end.reach("event.after_reading")
        return found

    def expire(self, session_id: str) -> CheckoutSession:
        expired = self.inner.expire(session_id)
        self.end.reach("checkout.after_expire")
        return expired


@dataclass
class EndingPayments:
    inner: GatewayPayments
    end: End

    def find(self, payment_id: str) -> GatewayPayment:
        found = self.inner.find(payment_id)
        self.end.reach("event.after_reading")
        return found

    def session_of(self, payment_id: str) -> CheckoutSession | None:
        found = self.inner.session_of(payment_id)
        self.end.reach("event.after_reading")
        return found


@dataclass
class EndingWeb:
    """A process that ends on receipt of a webhook, or when it is stored but not yet answered."""

    inner: ASGIApp
    end: End

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = "webhook" if scope.get("path") == "/stripe/webhook" else "page"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.end.reach(f"{name}.before_answer")
            await send(message)

        if scope["type"] == "http":
            self.end.reach(f"{name}.received")
        await self.inner(scope, receive, answer)


def worker(settings: Settings, clock: FastClock, end: End, *, plain_pdfs: bool) -> None:
    """As `bot.jobs.worker.run`."""
    desk = replace(wiring.desk(settings, clock=clock), gateway=_gateway(settings, end))
    if plain_pdfs:
        desk = replace(desk, pdfs=PlainPdfs())
    ways_out = _carriers(settings, clock, end)
    stop = stop_on_signal()
    threads = [
        threading.Thread(target=deliver.run, args=(desk, ways_out, stop)),
        threading.Thread(target=gateway_events.run, args=(desk, stop)),
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
    desk.pdfs.close()


def web(settings: Settings, end: End) -> None:
    """As `bot.web.server.run`; by the system's clock, as Stripe signs by it."""
    desk: Desk = replace(wiring.desk(settings), gateway=_gateway(settings, end))
    app = EndingWeb(build(settings, desk), end)
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_config=None, access_log=False, ws="none"
    )


def _gateway(settings: Settings, end: End) -> Gateway:
    client = connect(settings.stripe_api_key, settings.stripe_api_base, timeout=ANSWER_SECONDS)
    return Gateway(
        EndingCheckouts(StripeCheckouts(client), end),
        EndingPayments(StripePayments(client), end),
        StoredAccount(wiring.open_database(settings), StripeAccount(client)),
        StripeHistory(client, livemode=False),
        StripeRefunds(client),
        StripeDisputes(client),
        StripeBalance(client),
    )


def _carriers(settings: Settings, clock: FastClock, end: End) -> Carriers:
    seconds = CONVERSATION_SECONDS / clock.speed
    patience = Patience(connect=seconds, conversation=seconds)
    mailer = SmtpMailer(settings.smtp_url, patience=patience)
    announcer = SlackAnnouncer(
        settings.slack_bot_token, base_url=settings.slack_api_url, timeout=ANSWER_SECONDS
    )
    return Carriers(EndingMailer(mailer, end), EndingAnnouncer(announcer, end))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=("worker", "web"))
    parser.add_argument("--origin", type=float, default=0, help="epoch seconds, for all the same")
    parser.add_argument("--speed", type=float, default=60)
    parser.add_argument("--end", type=End.parse, default=End())
    parser.add_argument("--plain-pdfs", action="store_true")
    chosen = parser.parse_args(arguments)
    settings = Settings.load()
    logs.configure(chosen.verb)
    if chosen.verb == "web":
        web(settings, chosen.end)
    else:
        clock = FastClock(datetime.fromtimestamp(chosen.origin, UTC), chosen.speed)
        worker(settings, clock, chosen.end, plain_pdfs=chosen.plain_pdfs)


def forked(module: str, arguments: Sequence[str], settings: dict[str, str], log: Path) -> None:
    """What a child of a warm forkserver does to be like a process started by a shell."""
    os.setsid()
    with log.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.environ.update(settings)
    if module == "bot":
        sys.exit(product(arguments))
    main(arguments)


if __name__ == "__main__":
    main()

"""Stripe on loopback: API, hosted page, events and controls in one object."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.stripe import checkout, payments
from bot.sandbox.stripe.api import Call, StripeApi
from bot.sandbox.stripe.books import Books, Record
from bot.sandbox.stripe.control_api import ControlApi
from bot.sandbox.stripe.controls import Controls
from bot.sandbox.stripe.delivery import RETRY_SECONDS, Delivery, WebhookSender
from bot.sandbox.stripe.dropped import AbortableConnections
from bot.sandbox.stripe.faults import Faults
from bot.sandbox.stripe.hosted_page import HostedPage

TICK_SECONDS = 0.25


class StripeSandbox(Controls):
    """`with StripeSandbox() as gateway:` then point the SDK at `gateway.api_base`.

    `now` is the account's clock (epoch seconds); signatures use the real one, as the receiver does.
    `bank_debit_seconds`: after that time on the account's clock a bank debit ends by itself;
    None leaves it to `settle`, `fail` and `finish_bank_debits`.
    """

    def __init__(
        self,
        api_key: str = "sk_test_sandbox",
        webhook_secret: str = "whsec_sandbox",  # noqa: S107  # opens nothing but this stand-in
        merchant_name: str = "Petal & Stem Wholesale",
        now: Callable[[], float] = time.time,
        bank_debit_seconds: float | None = None,
    ) -> None:
        faults = Faults()
        books = Books(now, merchant_name)
        super().__init__(books, WebhookSender(now), faults)
        self.api_key = api_key
        self.bank_debit_seconds = bank_debit_seconds
        self.sender.secrets = [webhook_secret]
        books.endpoints, books.publish = self.sender.endpoints, self.sender.publish
        self._api = StripeApi(books, api_key, faults)
        self.control_api = ControlApi(self, self._api)
        pages = HostedPage(books).routes()
        routes = [*self._api.routes(), *pages, *self.control_api.routes()]
        self._server = LoopbackServer(AbortableConnections(Starlette(routes=routes)))
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="stripe clock", daemon=True)
        books.public_url = self._server.url

    @property
    def api_base(self) -> str:
        return self._server.url

    @property
    def webhook_url(self) -> str | None:
        return self.sender.urls[0] if self.sender.urls else None

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.sender.urls = [url] if url else []

    @property
    def webhook_secret(self) -> str:
        return self.sender.secrets[0]

    def roll_webhook_secret(self, secret: str) -> None:
        """Sign with the new secret and the one before it, as Stripe does for a day."""
        self.sender.secrets = [secret, self.sender.secrets[0]]

    @property
    def calls(self) -> list[Call]:
        return list(self._api.calls)

    @property
    def deliveries(self) -> list[Delivery]:
        return list(self.sender.deliveries)

    @property
    def events(self) -> list[Record]:
        """Every event so far, oldest first."""
        with self.books.lock:
            return list(reversed(self.books.all("event")))

    def wait_delivered(self, timeout: float = 10.0) -> bool:
        """Whether, within `timeout` seconds, no event was left to send or to retry."""
        return self.sender.wait_idle(timeout)

    def retry_webhooks_after(self, *seconds: float) -> None:
        """Pauses between attempts; their number bounds the retries."""
        self.sender.retries = seconds or RETRY_SECONDS

    def start(self) -> Self:
        self._server.start()
        self.sender.start()
        self._ticker.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._api.stopping.set()
        self.sender.stop()
        self._server.stop()
        if self._ticker.is_alive():
            self._ticker.join(TICK_SECONDS * 4)

    def _tick(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            with self.books.lock:
                checkout.expire_overdue(self.books)
                if self.bank_debit_seconds is not None:
                    payments.finish_bank_debits(self.books, self.bank_debit_seconds)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

"""Customers: whoever gets a mail follows its link and pays, once, however long it takes."""

import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import httpx2

from bot.sandbox import loopback
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.stripe.errors import ApiError
from tests.chaos.site import Site

PAUSE_SECONDS = 0.2
THREADS = 4
DOUBLE = 5  # one in so many opens two tabs


def links_in(mails: list[ReceivedMail]) -> list[str]:
    """Every link once, in the order of its mail; receipts have none that is payable."""
    bodies = (mail.text for mail in mails if mail.subject.startswith("Invoice"))
    found = (re.search(r"http://127\.0\.0\.1:\d+/pay/[\w-]+", body) for body in bodies)
    return list(dict.fromkeys(link[0] for link in found if link))


class Payers:
    """`with Payers(site) as payers:`; `wait` until everybody who got a link has paid."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.links: dict[str, Future[str]] = {}
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS)
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()
        self._pool.shutdown()

    @property
    def waiting(self) -> int:
        return sum(not future.done() for future in list(self.links.values()))

    def _look(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            for link in links_in(self.site.mail.messages):
                if link not in self.links:
                    number = len(self.links)
                    self.links[link] = self._pool.submit(self._pay, link, number)

    def _pay(self, link: str, number: int) -> str:
        """The session that was paid; "" when the test ended first."""
        with loopback.client(timeout=10) as browser:
            while not self._stop.is_set():
                older = self._press(browser, link, "first tab") if number % DOUBLE == 0 else ""
                session = self._press(browser, link, "our book")
                if session and self._pay_at_stripe(session):
                    if older and older != session:
                        self._pay_at_stripe(older)  # the tab that was left open
                    return session
                self._stop.wait(PAUSE_SECONDS)
        return ""

    def _press(self, browser: httpx2.Client, link: str, reference: str) -> str:
        """The checkout session that the button led to, or ""."""
        try:
            browser.get(link)
            pressed = browser.post(link, data={"method": "card", "reference": reference})
        except httpx2.HTTPError:
            return ""
        target = pressed.headers.get("Location", "")
        return re.sub(r"[?#].*", "", target).rpartition("/")[2] if "cs_" in target else ""

    def _pay_at_stripe(self, session: str) -> bool:
        try:
            self.site.stripe.pay(session)
        except ApiError:
            return False  # superseded, or paid before
        return True

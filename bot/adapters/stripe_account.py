"""Whether the Stripe account can take money: answered from memory, refreshed behind the scenes."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from bot.adapters.stripe_client import translated
from commands.errors import PayError
from commands.ports import AccountState
from storage.methods import Method

log = logging.getLogger(__name__)
FRESH_SECONDS, AGAIN_SECONDS = 60.0, 10.0  # after an answer; after none
_CAPABILITIES: dict[str, Method] = {
    "card_payments": "card",
    "us_bank_account_ach_payments": "us_bank_account",
}
_EVERY_METHOD = tuple(_CAPABILITIES.values())
_NOT_OURS_TO_SEE = (403, 404)


class StripeAccount:
    """`commands.ports.GatewayAccount`: only the very first question waits for Stripe.

    While Stripe does not answer, the last answer holds; without one nothing is held against the
    account: a link lasts longer than an outage, and whoever pays meanwhile is told to try again.
    """

    def __init__(
        self, client: stripe.StripeClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = client.v1.accounts
        self._monotonic = monotonic
        self._known: AccountState | None = None
        self._look_again = 0.0
        self._looking = threading.Lock()

    def state(self) -> AccountState:
        if self._known is None:
            with self._looking:
                return self._known or self._refresh()
        if self._monotonic() >= self._look_again and self._looking.acquire(blocking=False):
            threading.Thread(
                target=self._refresh_behind, name="stripe account", daemon=True
            ).start()
        return self._known

    def _refresh_behind(self) -> None:
        try:
            self._refresh()
        finally:
            self._looking.release()

    def _refresh(self) -> AccountState:
        try:
            with translated():
                self._known, pause = self._read(), FRESH_SECONDS
        except PayError as error:
            log.warning("the Stripe account could not be read", extra={"why": error.sentence})
            self._known = self._known or _unread(error)
            pause = AGAIN_SECONDS
        self._look_again = self._monotonic() + pause
        return self._known

    def _read(self) -> AccountState:
        """A restricted key may well take payments and not look at the account: then nothing is
        known against any method, and Stripe has the last word when a payment is started.
        """
        try:
            return account_state(self._accounts.retrieve_current().to_dict())
        except stripe.StripeError as error:
            if error.http_status in _NOT_OURS_TO_SEE:
                return AccountState("active", _EVERY_METHOD)
            raise


def _unread(error: PayError) -> AccountState:
    """What to go by when there never was an answer: a key that is not accepted takes no money."""
    if isinstance(error.__cause__, stripe.AuthenticationError):
        return AccountState("restricted", (), error.sentence)
    return AccountState("active", _EVERY_METHOD)


def account_state(told: Mapping[str, Any]) -> AccountState:
    """From Stripe's account object."""
    if not told.get("charges_enabled"):
        missing = (told.get("requirements") or {}).get("currently_due") or []
        needs = f": Stripe still requires {', '.join(missing)}" if missing else ""
        return AccountState("restricted", (), f"The payments account cannot take money now{needs}.")
    capabilities = told.get("capabilities") or {"card_payments": "active"}
    usable = (m for name, m in _CAPABILITIES.items() if capabilities.get(name) == "active")
    return AccountState("active", tuple(usable))

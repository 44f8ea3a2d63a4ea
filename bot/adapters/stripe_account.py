"""Whether the Stripe account can take money, as Stripe tells it."""

from collections.abc import Mapping
from typing import Any

import stripe

from bot.adapters.stripe_client import translated
from bot.adapters.stripe_objects import instant
from commands.errors import GatewayUnavailable
from commands.ports import AccountReading
from storage.methods import Method

_CAPABILITIES: dict[str, Method] = {
    "card_payments": "card",
    "us_bank_account_ach_payments": "us_bank_account",
}
_EVERY_METHOD = tuple(_CAPABILITIES.values())
_NOT_OURS_TO_SEE = (403, 404)


class StripeAccount:
    """`commands.payments_account.stored.AccountReader`."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._accounts = client.v1.accounts

    def read(self) -> AccountReading:
        """A key that Stripe does not accept takes no money, and that is an answer too."""
        try:
            with translated():
                return self._read()
        except GatewayUnavailable as error:
            if isinstance(error.__cause__, stripe.AuthenticationError):
                return AccountReading("", "restricted", problem=error.sentence)
            raise

    def _read(self) -> AccountReading:
        """A restricted key may well take payments and not look at the account: then nothing is
        known against any method, and Stripe has the last word when a payment is started.
        """
        try:
            return account_reading(self._accounts.retrieve_current().to_dict())
        except stripe.StripeError as error:
            if error.http_status in _NOT_OURS_TO_SEE:
                return AccountReading("", "active", _EVERY_METHOD)
            raise


def account_reading(told: Mapping[str, Any]) -> AccountReading:
    """From Stripe's account object."""
    needs = told.get("requirements") or {}
    deadline = needs.get("current_deadline")
    active = bool(told.get("charges_enabled"))
    return AccountReading(
        account_id=told.get("id") or "",
        status="active" if active else "restricted",
        methods=_methods(told) if active else (),
        name=_name(told),
        requirements=tuple(needs.get("currently_due") or ()),
        disabled_reason=needs.get("disabled_reason") or "",
        due_by=instant(deadline) if deadline else None,
    )


def _methods(told: Mapping[str, Any]) -> tuple[Method, ...]:
    capabilities = told.get("capabilities") or {"card_payments": "active"}
    usable = (m for name, m in _CAPABILITIES.items() if capabilities.get(name) == "active")
    return tuple(usable)


def _name(told: Mapping[str, Any]) -> str:
    shown = ((told.get("settings") or {}).get("dashboard") or {}).get("display_name")
    return shown or (told.get("business_profile") or {}).get("name") or ""

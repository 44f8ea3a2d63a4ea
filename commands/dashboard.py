"""Where things are found in Stripe's Dashboard."""

from commands.desk import Desk

_HOME = "https://dashboard.stripe.com/"


def home(desk: Desk, account_id: str = "") -> str:
    """The account's first page; without an id that of whoever is signed in."""
    account = f"{account_id}/" if account_id else ""
    return f"{_HOME}{account}{_mode(desk)}dashboard"


def status(desk: Desk, account_id: str = "") -> str:
    """Where Stripe says what it still requires."""
    account = f"{account_id}/" if account_id else ""
    return f"{_HOME}{account}{_mode(desk)}account/status"


def payment(desk: Desk, payment_id: str) -> str:
    return f"{_HOME}{_mode(desk)}payments/{payment_id}"


def payout(desk: Desk, payout_id: str) -> str:
    return f"{_HOME}{_mode(desk)}payouts/{payout_id}"


def _mode(desk: Desk) -> str:
    return "" if desk.policy.livemode else "test/"

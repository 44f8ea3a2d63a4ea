"""Before anything starts: the key, its mode and its account have to be those of the database."""

import logging

from bot.settings import SettingError, Settings
from bot.wiring import desk
from commands.access import SETTLER
from commands.desk import Desk
from commands.errors import GatewayUnavailable, Refused
from commands.payments_account import service
from commands.ports import AccountReading, Clock
from storage import checkouts, gateway_accounts
from storage.schema import is_current

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # nobody waits longer for Stripe before starting
_REJECTED = (
    "Stripe rejects it. Copy the key anew from Developers > API keys at dashboard.stripe.com."
)
_LIVE, _TEST = "cs_live_", "cs_test_"


def checked_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """The desk of a process. Raises `SettingError` when the key is rejected, or another one's
    than the books.
    """
    own = desk(settings, clock=clock)
    try:
        require_matching(settings, own)
    except BaseException:
        own.database.close()
        raise
    return own


def require_matching(settings: Settings, desk: Desk) -> None:
    """What Stripe says of the account is kept. While it does not answer, the clock asks again."""
    if not settings.stripe_api_key or not is_current(desk.database):
        return
    _require_mode(desk)
    _require_safe_links(desk)
    reading = _read(settings)
    if reading is None:
        return
    if reading.problem:  # there is an answer, and it is about the key
        raise SettingError("STRIPE_API_KEY", _REJECTED)
    with desk.database.reading() as session:
        row = gateway_accounts.known(session)
        live = desk.policy.livemode
        wrong = service.whose(session, row, reading, livemode=live) if row else ""
    if wrong:
        raise SettingError("STRIPE_API_KEY", wrong)
    service.keep(SETTLER, desk, reading=reading)


def _require_safe_links(desk: Desk) -> None:
    """What is good enough for a trial is not for the money of customers."""
    if desk.policy.livemode and not desk.policy.base_url.startswith("https://"):
        mend = "must begin with https:// while STRIPE_API_KEY is a live key: customers pay there."
        raise SettingError("BASE_URL", mend)


def _require_mode(desk: Desk) -> None:
    """Known without asking: what was paid before is test money or real money."""
    with desk.database.reading() as session:
        made = checkouts.any_session(session)
        row = gateway_accounts.known(session)
    if not made:
        return
    held = row.livemode if row else made.startswith(_LIVE)
    told = row is not None or made.startswith((_LIVE, _TEST))
    if told and held != desk.policy.livemode:
        raise SettingError("STRIPE_API_KEY", service.other_mode(livemode=held))


def _read(settings: Settings) -> AccountReading | None:
    """None when there was no answer in time."""
    from bot.adapters.stripe_account import StripeAccount
    from bot.adapters.stripe_client import connect

    base = settings.stripe_api_base or None
    client = connect(settings.stripe_api_key, base, timeout=LOOK_SECONDS, retries=0)
    try:
        return StripeAccount(client).read()
    except (GatewayUnavailable, Refused) as error:
        log.warning("the payments account could not be read", extra={"why": error.sentence})
        return None

"""The routes of the contract, each with its endpoint."""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.settings import Settings
from bot.slack.app import slack_app, web_client
from bot.web import health
from bot.web.access_log import AccessLog
from bot.web.pay_page import PayPages
from bot.web.preview import preview
from bot.web.slack_events import Endpoint, slack_events
from bot.web.stripe_webhook import StripeWebhook
from bot.wiring import event_verifier
from commands.desk import Desk

# Checkout may live on a domain of the company's own, so any https origin may follow the button;
# on loopback the stand-ins' plain http as well. Nothing on the page is written by strangers.
_CHECKOUT_ORIGINS = ("https:",)
_LOOPBACK_ORIGINS = ("http://127.0.0.1:*", "http://localhost:*")


# How long to wait for the right to write: an import of 100,000 invoices keeps it for seconds, and
# Slack wants its answer within three. The webhook waits: Stripe would only come again.
SLACK_TURN, PAYER_TURN = 1.2, 5.0


def build(settings: Settings, desk: Desk) -> Starlette:
    """The whole of `web`; `desk` is what every request works with."""
    local = _LOOPBACK_ORIGINS if settings.stripe_api_base.startswith("http://") else ()
    routes: list[BaseRoute] = [
        Route(
            "/slack/events", _slack(settings, _hurried(desk, SLACK_TURN)), methods=["GET", "POST"]
        ),
        Route("/preview/{signed}", preview(desk), methods=["GET"]),
        *StripeWebhook(desk, event_verifier(settings)).routes(),
        *PayPages(_hurried(desk, PAYER_TURN), checkout_origins=_CHECKOUT_ORIGINS + local).routes(),
        *health.routes(desk),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(AccessLog)])
    # The redirect would be to whatever host the request names, token and all.
    app.router.redirect_slashes = False
    return app


def _hurried(desk: Desk, seconds: float) -> Desk:
    return replace(desk, database=desk.database.hurried(seconds))


def _slack(settings: Settings, desk: Desk) -> Endpoint:
    client = web_client(settings.slack_bot_token, settings.slack_api_url)
    return slack_events(slack_app(desk, client), settings.slack_signing_secret, desk.clock)

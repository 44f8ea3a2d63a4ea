"""The routes of the contract, each with its endpoint."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.settings import Settings
from bot.web import health, pay_page, preview
from bot.web.access_log import AccessLog
from commands.desk import Desk


def build(settings: Settings, desk: Desk) -> Starlette:
    """The whole of `web`; `desk` is what every request works with."""
    routes: list[BaseRoute] = [
        Route("/slack/events", _slack(settings, desk), methods=["POST"]),
        Route("/stripe/webhook", _stripe(settings, desk), methods=["POST"]),
        *pay_page.routes(desk),
        *preview.routes(desk),
        *health.routes(desk),
    ]
    return Starlette(routes=routes, middleware=[Middleware(AccessLog)])

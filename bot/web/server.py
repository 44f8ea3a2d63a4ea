"""The `web` verb: HTTP on HOST:PORT until SIGTERM, in-flight requests finished."""

import logging

import uvicorn

from bot.jobs.worker import stop_on_signal
from bot.settings import Settings
from bot.web.asgi import build
from bot.wiring import desk

log = logging.getLogger(__name__)

GRACE_SECONDS = 20


def run(settings: Settings) -> int:
    own = desk(settings)
    # Asked now, so that the first form or page need not wait for Stripe.
    own.gateway.account.state()
    app = build(settings, own)
    # uvicorn's own access log would write pay tokens; bot.web.access_log leaves them out.
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    # Once it has stopped, uvicorn raises the signal again: without a handler that ends us at once.
    stop_on_signal()
    log.info("web starts", extra={"host": settings.host, "port": settings.port})
    server.run()
    own.pdfs.close()
    return 0 if server.started else 1

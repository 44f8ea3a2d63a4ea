"""The `web` verb: HTTP on HOST:PORT until SIGTERM, in-flight requests finished."""

import logging
import threading

import uvicorn

from bot.settings import Settings
from bot.stopping import stop_on_signal
from bot.web.asgi import build
from bot.wiring import check_web, desk

log = logging.getLogger(__name__)

GRACE_SECONDS = 20


def run(settings: Settings) -> int:
    check_web(settings)
    own = desk(settings)
    # Asked now, so that the first form or page need not wait for Stripe; nor must the start.
    threading.Thread(target=own.gateway.account.state, name="stripe account", daemon=True).start()
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
    # Once it has shut down, uvicorn raises the signal again for whoever listened before: without
    # this the process would die of it, the children that render left behind.
    stop_on_signal()
    log.info("web starts", extra={"host": settings.host, "port": settings.port})
    server.run()
    own.pdfs.close()
    return 0 if server.started else 1

"""The `web` verb: HTTP on HOST:PORT until SIGTERM, in-flight requests finished."""

import logging

import uvicorn

from bot.account_check import checked_desk
from bot.settings import Settings
from bot.stopping import stop_on_signal
from bot.web.asgi import build
from bot.wiring import check_web

log = logging.getLogger(__name__)

GRACE_SECONDS = 20


def run(settings: Settings) -> int:
    check_web(settings)
    own = checked_desk(settings)
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

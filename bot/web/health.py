"""Alive, able to do the work, and figures for Prometheus."""

import logging

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from commands.desk import Desk
from storage import delivery_queue, gateway_events
from storage.database import Database
from storage.schema import is_current

log = logging.getLogger(__name__)


def routes(desk: Desk) -> list[Route]:
    async def ready(_: Request) -> Response:
        trouble = await run_in_threadpool(_trouble, desk.database)
        return JSONResponse({"ready": not trouble, "trouble": trouble}, 503 if trouble else 200)

    async def metrics(_: Request) -> Response:
        text = await run_in_threadpool(_figures, desk.database)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", _alive), Route("/readyz", ready), Route("/metrics", metrics)]


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _trouble(database: Database) -> str:
    """Empty when the work can be done."""
    try:
        if is_current(database):
            return ""
    except SQLAlchemyError:
        log.exception("not ready")
        return "The database cannot be reached."
    return "The schema is not current: run python -m bot migrate."


def _figures(database: Database) -> bytes:
    with database.reading() as session:
        counts = delivery_queue.count_unfinished(session)
        waiting = gateway_events.count_received(session)
    queue = GaugeMetricFamily("deliveries_unfinished", "Mails and posts.", labels=["status"])
    for status, count in counts.items():
        queue.add_metric([status], count)
    inbox = GaugeMetricFamily("gateway_events_received", "Webhooks to be handled.", value=waiting)
    return generate_latest(REGISTRY) + b"".join(_exposed(family) for family in (queue, inbox))


def _exposed(family: GaugeMetricFamily) -> bytes:
    class One:
        def collect(self) -> list[GaugeMetricFamily]:
            return [family]

    return generate_latest(One())

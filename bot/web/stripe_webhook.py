"""`POST /stripe/webhook`: verified on the raw bytes, stored, answered; handled by a worker."""

import logging

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.bodies import BrokenOff, TooLarge, bounded_body
from commands.desk import Desk
from commands.ports import BadSignature, EventVerifier
from commands.take_payment import events

log = logging.getLogger(__name__)
MAX_BODY = 1_000_000  # Stripe's largest events have some 100 kB
_AT_ONCE = 16


class StripeWebhook:
    """The route and the threads it works in, apart from those of Slack and of the pages."""

    def __init__(self, desk: Desk, verifier: EventVerifier) -> None:
        self._desk = desk
        self._verifier = verifier
        self._limiter = CapacityLimiter(_AT_ONCE)

    def routes(self) -> list[Route]:
        return [Route("/stripe/webhook", self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        try:
            body = await bounded_body(request, MAX_BODY)
        except TooLarge:
            return PlainTextResponse("too large", 413)
        except BrokenOff:
            return PlainTextResponse("incomplete", 400)
        signature = request.headers.get("stripe-signature", "")
        status = await to_thread.run_sync(self._store, body, signature, limiter=self._limiter)
        return PlainTextResponse("", status)

    def _store(self, body: bytes, signature: str) -> int:
        try:
            event = self._verifier.verify(body, signature, self._desk.clock.real())
        except BadSignature as error:
            log.warning("a webhook was refused", extra={"why": str(error)})
            return 400
        new = events.store_event(self._desk, event)
        log.info("a webhook came", extra={"event_id": event.id, "type": event.type, "new": new})
        return 200

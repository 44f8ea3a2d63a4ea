"""The controls over HTTP, for a page: `POST /_control/{act}` and `GET /_control/state`."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.stripe.api import Call, StripeApi
from bot.sandbox.stripe.books import Record
from bot.sandbox.stripe.controls import ACTS, Controls
from bot.sandbox.stripe.delivery import Delivery
from bot.sandbox.stripe.errors import ApiError

Row = TypeVar("Row", Call, Delivery)
SHOWN = 200  # rows of each kind in one answer
KINDS = ("checkout.session", "payment_intent", "charge", "refund", "dispute", "payout", "event")


class ControlApi:
    def __init__(self, controls: Controls, api: StripeApi) -> None:
        self._controls = controls
        self._api = api

    def routes(self) -> list[Route]:
        return [
            Route("/_control/state", self._state, methods=["GET"]),
            Route("/_control/{act}", self._act, methods=["POST"]),
        ]

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self.state))

    def state(self) -> dict[str, Any]:
        """Everything there is to show, newest first: objects, deliveries, calls, switches."""
        books, sender = self._controls.books, self._controls.sender
        with books.lock:
            objects = {kind: books.all(kind)[:SHOWN] for kind in KINDS}
            line_items = {s["id"]: books.line_items[s["id"]] for s in objects["checkout.session"]}
            return {
                "objects": objects,
                "line_items": line_items,
                "bank_plans": dict(books.bank_plans),
                "charges_enabled": books.charges_enabled,
                "captured": self._controls.captured(),
                "withdrawn": self._controls.withdrawn(),
                "event_mode": asdict(sender.mode),
                "held": [event["id"] for event in sender.held],
                "deliveries": [asdict(row) for row in _latest(sender.deliveries)],
                "calls": [asdict(call) for call in _latest(self._api.calls)],
            }

    async def _act(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return _problem("A page of another site may not press these buttons.", 403)
        fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
        return await self.perform(request.path_params["act"], fields)

    def _answer(self, act: Callable[[Controls, Record], Any], fields: dict[str, str]) -> Response:
        try:
            return JSONResponse({"done": act(self._controls, fields)})
        except KeyError as error:
            return _problem(f"The field {error} is missing.", 400)
        except (ApiError, TypeError, ValueError) as error:
            return _problem(str(error), 400)

    async def perform(self, act: str, fields: dict[str, str]) -> Response:
        """The same for a page that has its own way to ask."""
        if act not in ACTS:
            return _problem(f"There is no such act. Known: {', '.join(ACTS)}.", 404)
        return await run_in_threadpool(self._answer, ACTS[act], fields)


def _latest(rows: Iterable[Row]) -> list[Row]:
    return list(rows)[: -SHOWN - 1 : -1]


def _problem(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status)

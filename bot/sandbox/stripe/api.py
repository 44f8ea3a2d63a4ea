"""The HTTP side of the API: key, version, parameters, idempotency, faults, answer, log."""

import hmac
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.stripe import checkout
from bot.sandbox.stripe.books import API_VERSION, Books, Cause, Record, new_id
from bot.sandbox.stripe.contract import check_params
from bot.sandbox.stripe.dropped import DroppedConnection
from bot.sandbox.stripe.endpoints import ENDPOINTS, Endpoint
from bot.sandbox.stripe.errors import (
    ApiError,
    bad_key,
    invalid,
    no_key,
    rate_limited,
    server_error,
    unknown_route,
)
from bot.sandbox.stripe.faults import Fault, Faults
from bot.sandbox.stripe.form import decode_form
from bot.sandbox.stripe.idempotency import IdempotencyKeys, SavedAnswer
from bot.sandbox.stripe.listing import expanded

MAX_BODY = 1_000_000
KEPT_CALLS = 10_000


@dataclass(frozen=True)
class Call:
    """One API call for the log: what came and the status of the answer; never the key."""

    method: str
    path: str
    params: Record
    request_id: str
    idempotency_key: str | None
    stripe_version: str | None
    at: float
    status: int = 0  # 0: the connection was cut instead of an answer
    replayed: bool = False


@dataclass(frozen=True)
class _Answer:
    status: int
    body: Record
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False


class StripeApi:
    def __init__(self, books: Books, api_key: str, faults: Faults) -> None:
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.stopping = threading.Event()
        self._books = books
        self._api_key = api_key
        self._faults = faults
        self._keys = IdempotencyKeys(books.now)

    def routes(self) -> list[Route]:
        known = [Route(e.path, self._handler(e), methods=[e.method]) for e in ENDPOINTS]
        verbs = ["GET", "POST", "DELETE"]
        return [*known, Route("/v1/{rest:path}", self._handler(None), methods=verbs)]

    def _handler(self, endpoint: Endpoint | None) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(self._respond, endpoint, request, body)

        return handle

    def _respond(self, endpoint: Endpoint | None, request: Request, body: bytes) -> Response:
        call = self._call(request)
        try:
            call = replace(call, params=_params(request, body))
            answer = self._authorized(endpoint, request, call)
        except ApiError as error:
            answer = _refusal(error, call.request_id)
        replayed = "Idempotent-Replayed" in answer.headers
        status = 0 if answer.dropped else answer.status
        self.calls.append(replace(call, status=status, replayed=replayed))
        if answer.dropped:
            return DroppedConnection()
        headers = {"Request-Id": call.request_id, "Stripe-Version": API_VERSION, **answer.headers}
        if call.idempotency_key:
            headers["Idempotency-Key"] = call.idempotency_key
        return JSONResponse(answer.body, answer.status, headers)

    def _call(self, request: Request) -> Call:
        return Call(
            request.method,
            request.url.path,
            {},
            new_id("req", 14),
            request.headers.get("idempotency-key"),
            request.headers.get("stripe-version"),
            self._books.now(),
        )

    def _authorized(self, endpoint: Endpoint | None, request: Request, call: Call) -> _Answer:
        _check_key(request.headers.get("authorization", ""), self._api_key)
        if call.stripe_version not in {None, API_VERSION}:
            raise invalid(f"Invalid Stripe API version: {call.stripe_version}")
        if endpoint is None:
            raise unknown_route(call.method, call.path)
        fault = self._faults.take(call.method, call.path)
        if fault is not None and fault.kind == "rate_limit":
            raise rate_limited()
        params = check_params(call.params, endpoint.params)
        ids = [str(value) for value in request.path_params.values()]
        return self._once(call, fault, lambda: self._act(endpoint, call, params, ids))

    def _once(self, call: Call, fault: Fault | None, act: Callable[[], Record]) -> _Answer:
        """Run `act` unless its idempotency key has an answer already."""
        key = call.idempotency_key if call.method == "POST" else None
        if key is not None:
            with self._books.lock:
                saved = self._keys.begin(key, call.path, call.params)
            if saved is not None:
                return _replay(saved)
        with self._released(key):
            answer = self._faulty(call, fault, act)
            if key is not None:
                with self._books.lock:
                    self._keys.finish(key, SavedAnswer(answer.status, answer.body, call.request_id))
        return answer

    @contextmanager
    def _released(self, key: str | None) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if key is not None:
                with self._books.lock:
                    self._keys.forget(key)
            raise

    def _faulty(self, call: Call, fault: Fault | None, act: Callable[[], Record]) -> _Answer:
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind == "hang":
            self.stopping.wait(fault.seconds)
        if kind == "error":
            return _refusal(server_error(), call.request_id)
        done = act()
        if kind == "error_after":
            return _refusal(server_error(), call.request_id)
        return _Answer(200, done, dropped=kind == "drop")

    def _act(self, endpoint: Endpoint, call: Call, params: Record, ids: list[str]) -> Record:
        cause = Cause(call.request_id, call.idempotency_key)
        paths = params.pop("expand", [])
        with self._books.lock:
            checkout.expire_overdue(self._books)
            with self._books.caused_by(cause):
                record = endpoint.act(self._books, params, *ids)
            return expanded(self._books, record, paths)


def _params(request: Request, body: bytes) -> Record:
    if len(body) > MAX_BODY:
        raise ApiError(413, "Request body too large.")
    if request.method == "GET":
        return decode_form(request.url.query)
    try:
        return decode_form(body.decode())
    except UnicodeDecodeError:
        raise invalid("Invalid request: the body is not UTF-8.") from None


def _check_key(header: str, api_key: str) -> None:
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise no_key()
    if not hmac.compare_digest(given.encode(), api_key.encode()):
        raise bad_key()


def _refusal(error: ApiError, request_id: str) -> _Answer:
    # Retrying a saved 500 replays it; a conflict passes by itself.
    retry = {409: "true", 500: "false"}.get(error.status)
    headers = {"Stripe-Should-Retry": retry} if retry else {}
    return _Answer(error.status, error.body(request_id), headers)


def _replay(saved: SavedAnswer) -> _Answer:
    headers = {"Idempotent-Replayed": "true", "Original-Request": saved.request_id}
    if saved.status == 500:  # noqa: PLR2004  # the one status that is saved beside 200
        headers["Stripe-Should-Retry"] = "false"
    return _Answer(saved.status, saved.body, headers)

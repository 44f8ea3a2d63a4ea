"""POST /slack/events: commands, interactivity, options and events."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from anyio import CapacityLimiter, to_thread
from slack_bolt import App, BoltRequest, BoltResponse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.slack import guard
from bot.slack.guard import Payload, Rejected
from bot.web.bodies import BrokenOff, TooLarge, bounded_body
from commands.incidents import reference
from commands.ports import Clock

log = logging.getLogger(__name__)

SLOTS = 64  # requests at work at once, apart from the pay page and the gateway's webhook
_SERVER_ERROR = 500

Endpoint = Callable[[Request], Awaitable[Response]]


def slack_events(app: App, signing_secret: str, clock: Clock) -> Endpoint:
    """The endpoint; whatever is wrong with a request is answered 4xx, never 5xx."""
    limiter = CapacityLimiter(SLOTS)

    async def endpoint(request: Request) -> Response:
        if request.method == "GET":
            return _certificate_check(request)
        try:
            body = await bounded_body(request, guard.MOST_BYTES)
            payload = guard.checked(request.headers, body, secret=signing_secret, now=clock.real())
        except Rejected as rejected:
            return PlainTextResponse(rejected.sentence, rejected.status)
        except TooLarge:
            return PlainTextResponse("too large", 413)
        except BrokenOff:
            return PlainTextResponse("incomplete", 400)
        headers = {"x-slack-signature": request.headers["x-slack-signature"]}
        return await to_thread.run_sync(_dispatch, app, payload, headers, limiter=limiter)

    return endpoint


def _certificate_check(request: Request) -> Response:
    """Slack looks at the certificate now and then, unsigned."""
    if request.query_params.get("ssl_check") == "1":
        return PlainTextResponse("")
    return PlainTextResponse("POST only", 405, {"Allow": "POST"})


def _dispatch(app: App, payload: Payload, headers: dict[str, Any]) -> Response:
    # Parsed once, by the guard: bolt's own parser loses a command whose text says "payload". It
    # takes a parsed body only in the mode of Socket Mode, which is the same otherwise.
    try:
        request = BoltRequest(body=payload, headers=headers, mode="socket_mode")
        answer = app.dispatch(request)
    except Exception as error:  # noqa: BLE001 -- the border: never 5xx
        return _failed(payload, reference(error))
    if answer.status >= _SERVER_ERROR:
        return _failed(payload, reference(RuntimeError(f"bolt answered {answer.status}")))
    return _response(answer)


def _failed(payload: Payload, name: str) -> Response:
    """A command shows the text of its answer; anywhere else Slack would choke on it."""
    said = f"Something went wrong, nothing was sent. Reference {name}"
    return PlainTextResponse(said if "command" in payload else "")


def _response(answer: BoltResponse) -> Response:
    response = Response(answer.body, answer.status)
    for name, values in answer.headers.items():
        if name.lower() != "content-length":
            response.headers[name] = values[0]
    return response

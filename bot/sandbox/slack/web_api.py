"""Slack's Web API and response_url as a Starlette app."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.slack import chat_methods, directory_methods, view_methods
from bot.sandbox.slack.arguments import JSON, parse_arguments
from bot.sandbox.slack.call_log import Call, parsed
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.response_posts import accept_post
from bot.sandbox.slack.workspace import Workspace

Method = Callable[[Workspace, JSON], JSON]
WITHOUT_TOKEN = frozenset(("blocks.validate",))


@dataclass(frozen=True)
class Endpoint:
    """`scope` is the OAuth scope that the method needs, "" if none."""

    method: Method
    scope: str = ""


METHODS: dict[str, Endpoint] = {
    "auth.test": Endpoint(directory_methods.auth_test),
    "blocks.validate": Endpoint(directory_methods.blocks_validate),
    "chat.getPermalink": Endpoint(chat_methods.get_permalink),
    "chat.postEphemeral": Endpoint(chat_methods.post_ephemeral, "chat:write"),
    "chat.postMessage": Endpoint(chat_methods.post_message, "chat:write"),
    "chat.update": Endpoint(chat_methods.update, "chat:write"),
    "conversations.info": Endpoint(directory_methods.conversations_info, "channels:read"),
    "conversations.list": Endpoint(directory_methods.conversations_list, "channels:read"),
    "conversations.open": Endpoint(directory_methods.conversations_open, "im:write"),
    "users.info": Endpoint(directory_methods.users_info, "users:read"),
    "users.list": Endpoint(directory_methods.users_list, "users:read"),
    "users.lookupByEmail": Endpoint(directory_methods.lookup_by_email, "users:read.email"),
    "views.open": Endpoint(view_methods.open_view),
    "views.publish": Endpoint(view_methods.publish_view),
    "views.push": Endpoint(view_methods.push_view),
    "views.update": Endpoint(view_methods.update_view),
}


class ConnectionDropped(Response):
    """Cuts the TCP connection instead of answering."""

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        scope["cut_connection"]()
        await asyncio.sleep(0.01)  # lets the server notice, else it would send a 500


class WebApi:
    """Answers for one workspace; `scopes` None: everything is granted."""

    def __init__(self, workspace: Workspace, bot_token: str, scopes: set[str] | None) -> None:
        self.workspace = workspace
        self._token = bot_token
        self._scopes = scopes

    def app(self) -> ASGIApp:
        routes = [
            Route("/api/{method}", self.call, methods=["GET", "POST"]),
            Route("/response/{name}", self.respond, methods=["POST"]),
        ]
        return _with_cut(Starlette(routes=routes))

    async def call(self, request: Request) -> Response:
        """Answer ``/api/{method}`` and remember it."""
        began = time.monotonic()
        name = request.path_params["method"]
        body = await request.body()
        kind = request.headers.get("content-type", "")
        arguments: JSON = {}
        try:
            arguments = parse_arguments(kind, body, request.url.query)
            token = _token(request, arguments)
            response, answer = await self._act(name, token, arguments)
        except SlackError as error:
            answer = error.answer()
            response = JSONResponse(answer)
        self._remember(name, arguments, response, answer, began)
        return response

    def _remember(
        self, name: str, arguments: JSON, response: Response, answer: Any, began: float
    ) -> None:
        status = None if isinstance(response, ConnectionDropped) else response.status_code
        call = Call("api", name, arguments, status, answer, time.monotonic() - began)
        self.workspace.log.add(call)
        self.workspace.touch()

    async def _act(self, name: str, token: str, arguments: JSON) -> tuple[Response, JSON]:
        fault = self.workspace.faults.strike(name, self._places(arguments))
        if fault is not None and fault.kind in REFUSING:
            return REFUSING[fault.kind](fault)
        if fault is not None and fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        answer = self.answer(name, token, arguments)
        if fault is not None and fault.kind == "drop":
            return ConnectionDropped(), answer
        return JSONResponse(answer), answer

    def _places(self, arguments: JSON) -> tuple[str, ...]:
        """Every name of the channel that a call is about."""
        where = str(arguments.get("channel", ""))
        try:
            channel = self.workspace.channel(where)
        except SlackError:
            return (where,)
        return (where, channel.id, f"#{channel.name}")

    def answer(self, name: str, token: str, arguments: JSON) -> JSON:
        """Do what a method does; an error is an answer too."""
        try:
            endpoint = self._allowed(name, token)
            with self.workspace.lock:
                return {"ok": True, **endpoint.method(self.workspace, arguments)}
        except SlackError as error:
            return error.answer()

    def _allowed(self, name: str, token: str) -> Endpoint:
        if name not in METHODS:
            raise SlackError("unknown_method", req_method=name)
        if name not in WITHOUT_TOKEN:
            if not token:
                raise SlackError("not_authed")
            if token != self._token:
                raise SlackError("invalid_auth")
        endpoint = METHODS[name]
        if self._scopes is not None and endpoint.scope and endpoint.scope not in self._scopes:
            provided = ",".join(sorted(self._scopes))
            raise SlackError("missing_scope", needed=endpoint.scope, provided=provided)
        return endpoint

    async def respond(self, request: Request) -> Response:
        """Answer a post to a response_url: plain words, as Slack does."""
        began = time.monotonic()
        body = parsed((await request.body()).decode(errors="replace"))
        status, words = accept_post(self.workspace, request.path_params["name"], body)
        response = PlainTextResponse(words, status)
        arguments = body if isinstance(body, dict) else {"body": body}
        self._remember("response_url", arguments, response, words, began)
        return response


def _token(request: Request, arguments: JSON) -> str:
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ") or str(arguments.get("token", ""))


def _rate_limited(fault: Fault) -> tuple[Response, JSON]:
    answer = {"ok": False, "error": "ratelimited"}
    wait = {"Retry-After": f"{fault.seconds:.0f}"}
    return JSONResponse(answer, status_code=429, headers=wait), answer


def _server_error(_fault: Fault) -> tuple[Response, JSON]:
    return PlainTextResponse("Internal Server Error", 500), {"ok": False, "error": "500"}


def _error(fault: Fault) -> tuple[Response, JSON]:
    answer = SlackError(fault.code).answer()
    return JSONResponse(answer), answer


REFUSING: dict[str, Callable[[Fault], tuple[Response, JSON]]] = {
    "rate_limited": _rate_limited,
    "server_error": _server_error,
    "error": _error,
}


def _with_cut(app: ASGIApp) -> ASGIApp:
    """Give the app a way to cut its connection; uvicorn's `send` belongs to one that knows it."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["cut_connection"] = attrgetter("__self__.transport.abort")(send)
        with suppress(ClientDisconnect):  # a bot that dies over its call is nothing to wonder at
            await app(scope, receive, send)

    return outer

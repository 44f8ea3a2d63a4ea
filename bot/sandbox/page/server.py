"""The page of the sandbox: files, state, changes as they come, and what is pressed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.page import wire
from bot.sandbox.page.acts import ACTS, Hands
from bot.sandbox.page.guard import OwnPageOnly
from bot.sandbox.page.mailbox import Mailbox
from bot.sandbox.page.scene import JSON, Scene
from bot.sandbox.page.state import state
from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.errors import BadAnswerError, NotOnScreenError, SlackError

STATIC = Path(__file__).parent / "static"
LOOK_SECONDS = 0.1
ALIVE_SECONDS = 15.0
PORT = 8090  # so that a bookmark works; any other if it is taken


class SandboxPage:
    """`with SandboxPage(scene) as page:` then open `page.url`."""

    def __init__(self, scene: Scene, port: int = PORT) -> None:
        self.scene = scene
        routes = [
            Route("/", self._index),
            Route("/state", self._state),
            Route("/changes", self._changes),
            Route("/wire", self._exchange),
            Route("/act/{act}", self._act, methods=["POST"]),
            Route("/gateway/{act}", self._gateway, methods=["POST"]),
            Route("/time", self._advance, methods=["POST"]),
            Route("/tour/skip", self._skip, methods=["POST"]),
            *Mailbox(scene.mail).routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        app = Starlette(routes=routes, middleware=[Middleware(OwnPageOnly)])
        self._stopping = False
        self._server = LoopbackServer(app, port)
        self.url = self._server.url

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._stopping = True  # open pages wait for news: they are let go, not cut off
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _index(self, _request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    def _state(self, request: Request) -> Response:
        try:
            return JSONResponse(state(self.scene, request.query_params.get("person", "")))
        except SlackError as error:
            return _problem(str(error), 404)

    async def _changes(self, _request: Request) -> Response:
        return StreamingResponse(self._news(), media_type="text/event-stream")

    async def _news(self) -> AsyncIterator[str]:
        """One event at once and one after each change; a comment now and then keeps it open."""
        seen, quiet = "", 0.0
        while not self._stopping:
            marks = json.dumps(self.scene.marks())
            if marks != seen:
                seen, quiet = marks, 0.0
                yield f"data: {marks}\n\n"
            elif quiet > ALIVE_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"
            quiet += LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)

    def _exchange(self, request: Request) -> Response:
        found = wire.find(self.scene, request.query_params.get("id", ""))
        return JSONResponse(found.whole()) if found else _problem("it was too long ago", 404)

    async def _act(self, request: Request) -> Response:
        asked = await request.json()
        return await run_in_threadpool(self._acted, request.path_params["act"], asked)

    def _acted(self, name: str, asked: JSON) -> Response:
        """Whatever Slack would refuse, or could not be done on a screen, is one sentence.

        That is an answer like others, so not an error of HTTP, which browsers complain of.
        """
        try:
            return JSONResponse(ACTS[name](Hands(self.scene, str(asked["person"])), asked))
        except KeyError as error:
            return _problem(f"unknown or missing: {error}", 400)
        except (NotOnScreenError, BadAnswerError, SlackError) as error:
            return _problem(str(error), 200)

    async def _gateway(self, request: Request) -> Response:
        fields = {str(name): str(value) for name, value in (await request.json()).items()}
        done = await self.scene.stripe.control_api.perform(request.path_params["act"], fields)
        self.scene.version += 1
        return done

    async def _advance(self, request: Request) -> Response:
        asked = await request.json()
        try:
            moment = datetime.fromisoformat(str(asked.get("to")))
            return JSONResponse(await run_in_threadpool(self.scene.time.advance, moment))
        except ValueError as error:
            return _problem(str(error), 400)

    async def _skip(self, _request: Request) -> Response:
        self.scene.skip.set()
        return JSONResponse({})


def _problem(sentence: str, status: int) -> Response:
    return JSONResponse({"trouble": sentence}, status)

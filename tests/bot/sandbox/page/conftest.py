"""The page with its three stand-ins, and a bot that answers as it is told."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.page.business_time import BusinessTime
from bot.sandbox.page.scene import Scene
from bot.sandbox.page.server import SandboxPage
from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.slack.transport import readable
from bot.sandbox.stripe.sandbox import StripeSandbox
from tests.browsers import DESK, chromium, watched_page

ANNA, NORA = "U01ANNA", "U06NORA"
MANIFEST = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/pay", "description": "Send", "usage_hint": "[number] | invoice | help"}
        ],
        "shortcuts": [
            {"name": "Send an invoice", "type": "global", "callback_id": "g", "description": "x"},
            {"name": "Find number", "type": "message", "callback_id": "m", "description": "y"},
        ],
    }
}


@dataclass
class ScriptedBot:
    """`answers` by the payload's type, after `seconds`; `heard` holds every payload that came."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0

    async def answer(self, request: Request) -> Response:
        payload = readable(await request.body())
        self.heard.append(payload)
        await asyncio.sleep(self.seconds)
        said = self.answers.get(str(payload.get("type") or payload.get("command")))
        return Response("") if said is None else JSONResponse(said)

    def last(self, kind: str) -> dict[str, Any]:
        return [one for one in self.heard if kind in {one.get("type"), one.get("command")}][-1]


@dataclass
class Sandbox:
    scene: Scene
    bot: ScriptedBot
    url: str

    @property
    def slack(self) -> SlackSandbox:
        return self.scene.slack


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    bot = ScriptedBot()
    routes = [Route("/slack/events", bot.answer, methods=["POST"])]
    time = BusinessTime(lambda instant: f'{{"at": "{instant.isoformat()}"}}', "Europe/Vienna")
    with (
        SlackSandbox() as slack,
        StripeSandbox() as stripe,
        MailSandbox() as mail,
        LoopbackServer(Starlette(routes=routes)) as server,
    ):
        slack.add_person(ANNA, "Anna Berger", "anna@bloom.test")
        slack.add_person(NORA, "Nora Quist", "nora@bloom.test")
        slack.events_url = f"{server.url}/slack/events"
        scene = Scene(slack, stripe, mail, time, server.url, {ANNA: "Admin"})
        scene.ready()
        scene.offers(MANIFEST)
        with SandboxPage(scene, port=0) as page:
            yield Sandbox(scene, bot, page.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(sandbox: Sandbox, browser: Browser) -> Iterator[Page]:
    """Anna's page at a desk."""
    with watched_page(browser, DESK) as opened:
        opened.goto(sandbox.url)
        opened.wait_for_selector("#composer-text")
        yield opened


@pytest.fixture
def evaluate(page: Page) -> Callable[[str, str], Any]:
    """Run an expression with the exports of one of the page's modules as `m`."""

    def run(module: str, expression: str) -> Any:
        return page.evaluate(f"import('/static/js/{module}.js').then(m => {expression})")

    return run

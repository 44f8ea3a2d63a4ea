"""A workspace on loopback with the cast in it, talking to the bot's real Slack endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox
from bot.slack.app import slack_app, web_client
from bot.slack.manifest import SCOPES
from bot.web.preview import preview
from bot.web.slack_events import slack_events
from commands.access import Actor
from commands.desk import Desk
from commands.ports import SystemClock
from tests.builders import CAST


@dataclass
class SlackRoom:
    slack: SlackSandbox
    desk: Desk

    def person(self, actor: Actor) -> Person:
        return self.slack.person(actor.id)


@contextmanager
def slack_room(desk: Desk) -> Iterator[SlackRoom]:
    with SlackSandbox(scopes=set(SCOPES)) as slack:
        for actor in CAST:
            slack.add_person(actor.id, actor.name, actor.email)
        app = slack_app(desk, web_client(slack.bot_token, slack.api_url))
        events = slack_events(app, slack.signing_secret, SystemClock())
        routes = [
            Route("/slack/events", events, methods=["GET", "POST"]),
            Route("/preview/{signed}", preview(desk)),
        ]
        with LoopbackServer(Starlette(routes=routes)) as server:
            slack.events_url = f"{server.url}/slack/events"
            yield SlackRoom(slack, desk)

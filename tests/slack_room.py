"""A workspace on loopback with the cast in it, talking to the bot's real endpoints."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox
from bot.slack.app import slack_app, web_client
from bot.slack.manifest import SCOPES
from bot.web.pay_page import PayPages
from bot.web.preview import preview
from bot.web.slack_events import slack_events
from commands.access import Actor
from commands.desk import Desk
from commands.ports import SystemClock
from storage import audit, deliveries
from storage.audit import AuditEntry
from storage.deliveries import Delivery
from tests.builders import CAST, add_customer, add_invoice
from tests.conftest import Room


@dataclass
class SlackRoom:
    slack: SlackSandbox
    room: Room
    url: str

    @property
    def desk(self) -> Desk:
        return self.room.desk

    def person(self, actor: Actor) -> Person:
        return self.slack.person(actor.id)

    def mails(self) -> list[Delivery]:
        """Every mail that was queued, in order."""
        return [row for row in rows(self.desk) if row.kind == "email"]

    def calls(self, name: str) -> int:
        """How often the bot called a Web API method."""
        return sum(call.direction == "api" for call in self.slack.workspace.log.calls(name))


def rows(desk: Desk) -> list[Delivery]:
    with desk.database.reading() as session:
        found = (deliveries.find(session, number) for number in range(1, 50))
        return [row for row in found if row is not None]


def audited(desk: Desk, outcome: str) -> list[AuditEntry]:
    with desk.database.reading() as session:
        found = (session.get(audit.AuditEntry, number) for number in range(1, 100))
        return [row for row in found if row is not None and row.outcome == outcome]


@contextmanager
def slack_room(room: Room) -> Iterator[SlackRoom]:
    with SlackSandbox(scopes=set(SCOPES)) as slack:
        for actor in CAST:
            slack.add_person(actor.id, actor.name, actor.email)
        app = slack_app(room.desk, web_client(slack.bot_token, slack.api_url))
        events = slack_events(app, slack.signing_secret, SystemClock())
        routes = [
            Route("/slack/events", events, methods=["GET", "POST"]),
            Route("/preview/{signed}", preview(room.desk)),
            *PayPages(room.desk, checkout_origins=()).routes(),
        ]
        with LoopbackServer(Starlette(routes=routes)) as server:
            slack.events_url = f"{server.url}/slack/events"
            yield SlackRoom(slack, room, server.url)


@pytest.fixture
def stage(room: Room) -> Iterator[SlackRoom]:
    """One customer, Blue Iris Florist, with the open invoice INV-1042."""
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    with slack_room(room) as ready:
        yield ready

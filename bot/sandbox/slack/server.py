"""The Slack stand-in as one thing to start: workspace, Web API and the people in it."""

from types import TracebackType
from typing import Self, Unpack

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.transport import Transport
from bot.sandbox.slack.triggers import LIFETIME_SECONDS
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace import MemberFlags, Workspace

BOT_TOKEN = "xoxb-sandbox"
SIGNING_SECRET = "sandbox-signing-secret"


class SlackSandbox:
    """A Slack workspace on loopback, with the channel #payments, which the bot is in.

    `api_url` is the base_url for slack_sdk. Set `events_url` to the bot's ``/slack/events`` once
    its address is known. `trigger_lifetime` is in seconds; `scopes` None: everything is granted.
    """

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        events_url: str | None = None,
        trigger_lifetime: float = LIFETIME_SECONDS,
        scopes: set[str] | None = None,
    ) -> None:
        self.bot_token = bot_token
        self.signing_secret = signing_secret
        self.workspace = Workspace(trigger_lifetime)
        self.workspace.add_channel("#payments")
        self._server = LoopbackServer(WebApi(self.workspace, bot_token, scopes).app())
        self.url = self._server.url
        self.api_url = f"{self.url}/api/"
        self.transport = Transport(self.workspace, signing_secret, self.url, events_url)

    @property
    def events_url(self) -> str | None:
        return self.transport.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.transport.events_url = url

    def add_person(
        self, person_id: str, name: str, email: str, **flags: Unpack[MemberFlags]
    ) -> Person:
        """Add a person to the workspace and return them, ready to act."""
        return Person(self.transport, self.workspace.add_person(person_id, name, email, **flags))

    def person(self, person_id: str) -> Person:
        """A person who is in the workspace already; SlackError user_not_found."""
        return Person(self.transport, self.workspace.member(person_id))

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()
        self.transport.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

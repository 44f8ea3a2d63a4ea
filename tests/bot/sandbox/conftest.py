"""A workspace on loopback, and a real slack_bolt app that people in it talk to."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=5)


@pytest.fixture
def iris(slack: SlackSandbox) -> Person:
    return slack.add_person("U0IRIS", "Iris Vale", "iris@blossom.test")


def view(**extra: object) -> dict[str, object]:
    """A modal that Slack accepts."""
    title = {"type": "plain_text", "text": "Send"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
    return {"type": "modal", "title": title, "blocks": [section], **extra}


__all__ = ["SlackResponse", "view"]

"""Bad days on demand: rate limits, errors, slowness and cut connections."""

import http.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.server import SlackSandbox

JSON = dict[str, Any]
IRIS = "U0IRIS"


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        sandbox.add_person(IRIS, "Iris Vale", "iris@blossom.test")
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=5)


def refused(call: Callable[[], Any]) -> JSON:
    """The answer of a call that Slack refuses with HTTP 200."""
    with pytest.raises(SlackApiError) as caught:
        call()
    assert caught.value.response.status_code == 200
    answer: JSON = caught.value.response.data
    return answer


def test_a_rate_limit_says_when_to_come_back(slack: SlackSandbox, client: WebClient) -> None:
    slack.workspace.faults.add(Fault("rate_limited", channel="#payments", seconds=2))
    client.chat_postMessage(channel=IRIS, text="Another channel")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="#payments", text="Paid")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "2"
    assert client.chat_postMessage(channel="#payments", text="Paid")["ok"]


def test_a_server_error_does_nothing(slack: SlackSandbox, client: WebClient) -> None:
    slack.workspace.faults.add(Fault("server_error", method="chat.postMessage"))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="#payments", text="Paid")
    assert caught.value.response.status_code == 500
    assert slack.workspace.channel("#payments").messages == []


def test_an_error_code_can_be_forced(slack: SlackSandbox, client: WebClient) -> None:
    slack.workspace.faults.add(Fault("error", code="fatal_error", times=2))
    assert refused(client.auth_test)["error"] == "fatal_error"
    assert refused(client.auth_test)["error"] == "fatal_error"
    assert client.auth_test()["ok"]


def test_a_dropped_connection_leaves_the_message_posted(
    slack: SlackSandbox, client: WebClient
) -> None:
    slack.workspace.faults.add(Fault("drop"))
    client.retry_handlers.clear()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.chat_postMessage(channel="#payments", text="Paid")
    assert len(slack.workspace.channel("#payments").messages) == 1


def test_a_slow_answer_outlasts_the_client(slack: SlackSandbox) -> None:
    slack.workspace.faults.add(Fault("hang", seconds=0.3))
    hasty = WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=0.1)  # type: ignore[arg-type] # seconds may be a fraction
    hasty.retry_handlers.clear()
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel="#payments", text="Paid")
    slack.workspace.wait_for(lambda: slack.workspace.channel("#payments").messages)

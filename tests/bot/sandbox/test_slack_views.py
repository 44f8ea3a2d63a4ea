"""Modals, triggers and response_url, as the real slack_sdk client uses them."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.sandbox.slack.server import SlackSandbox

JSON = dict[str, Any]
IRIS = "U0IRIS"
BAD_BLOCKS = [{"type": "header", "text": {"type": "mrkdwn", "text": "Sent"}}]


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(trigger_lifetime=0.2) as sandbox:
        sandbox.add_person(IRIS, "Iris Vale", "iris@blossom.test")
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=5)


def view(**extra: Any) -> JSON:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Send"},
        "blocks": [section],
        **extra,
    }


def trigger(slack: SlackSandbox, view_id: str | None = None) -> str:
    return slack.workspace.triggers.issue(IRIS, None, view_id)


def refused(call: Callable[[], Any]) -> JSON:
    """The answer of a call that Slack refuses with HTTP 200."""
    with pytest.raises(SlackApiError) as caught:
        call()
    assert caught.value.response.status_code == 200
    answer: JSON = caught.value.response.data
    return answer


def test_a_trigger_opens_one_modal(slack: SlackSandbox, client: WebClient) -> None:
    used = trigger(slack)
    opened = client.views_open(trigger_id=used, view=view())["view"]
    assert slack.person(IRIS).modal.view_id == opened["id"] == opened["root_view_id"]
    again = refused(lambda: client.views_open(trigger_id=used, view=view()))
    assert again["error"] == "exchanged_trigger_id"


def test_a_trigger_expires(slack: SlackSandbox, client: WebClient) -> None:
    old = trigger(slack)
    time.sleep(0.25)
    answer = refused(lambda: client.views_open(trigger_id=old, view=view()))
    assert answer["error"] == "expired_trigger_id"


def test_an_invented_trigger_is_refused(client: WebClient) -> None:
    answer = refused(lambda: client.views_open(trigger_id="1.2.3", view=view()))
    assert answer["error"] == "invalid_trigger_id"


def test_a_bad_view_leaves_the_trigger_good(slack: SlackSandbox, client: WebClient) -> None:
    used = trigger(slack)
    answer = refused(lambda: client.views_open(trigger_id=used, view=view(blocks=BAD_BLOCKS)))
    assert answer["error"] == "invalid_arguments"
    assert client.views_open(trigger_id=used, view=view())["ok"]


def test_a_view_over_250_kb_is_refused(slack: SlackSandbox, client: WebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "a" * 2900}}
    huge = view(blocks=[section] * 95)
    answer = refused(lambda: client.views_open(trigger_id=trigger(slack), view=huge))
    assert answer["error"] == "view_too_large"


def test_a_fourth_modal_cannot_be_pushed(slack: SlackSandbox, client: WebClient) -> None:
    root = client.views_open(trigger_id=trigger(slack), view=view())["view"]["id"]
    for _ in range(2):
        client.views_push(trigger_id=trigger(slack, root), view=view())
    answer = refused(lambda: client.views_push(trigger_id=trigger(slack, root), view=view()))
    assert answer["error"] == "push_limit_reached"


def test_a_pushed_modal_knows_what_lies_below(slack: SlackSandbox, client: WebClient) -> None:
    root = client.views_open(trigger_id=trigger(slack), view=view())["view"]["id"]
    pushed = client.views_push(trigger_id=trigger(slack, root), view=view())["view"]
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (root, root)


def test_an_update_with_an_old_hash_is_refused(slack: SlackSandbox, client: WebClient) -> None:
    opened = client.views_open(trigger_id=trigger(slack), view=view())["view"]
    names = {"view_id": opened["id"], "hash": opened["hash"]}
    client.views_update(view=view(), **names)
    assert refused(lambda: client.views_update(view=view(), **names))["error"] == "hash_conflict"


def test_a_view_is_updated_by_external_id(slack: SlackSandbox, client: WebClient) -> None:
    client.views_open(trigger_id=trigger(slack), view=view(external_id="draft-7"))
    client.views_update(
        external_id="draft-7", view=view(title={"type": "plain_text", "text": "Sent"})
    )
    assert slack.person(IRIS).modal.title == "Sent"


def test_a_closed_view_is_not_found(slack: SlackSandbox, client: WebClient) -> None:
    opened = client.views_open(trigger_id=trigger(slack), view=view())["view"]
    slack.person(IRIS).modal.close()
    answer = refused(lambda: client.views_update(view_id=opened["id"], view=view()))
    assert answer["error"] == "not_found"


def test_a_response_url_takes_five_posts(slack: SlackSandbox) -> None:
    channel = slack.workspace.channel("#payments")
    hook = WebhookClient(slack.url + slack.workspace.response_urls.issue(IRIS, channel.id, None))
    answers = [hook.send(text=f"Answer {n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].body == "used_url"
    assert len(slack.person(IRIS).ephemerals()) == 5


def test_a_response_url_expires(slack: SlackSandbox) -> None:
    slack.workspace.response_urls.lifetime = 0
    channel = slack.workspace.channel("#payments")
    hook = WebhookClient(slack.url + slack.workspace.response_urls.issue(IRIS, channel.id, None))
    assert hook.send(text="Late").body == "expired_url"


def test_a_response_url_replaces_and_deletes_its_message(
    slack: SlackSandbox, client: WebClient
) -> None:
    posted = client.chat_postMessage(channel="#payments", text="Approve?")
    issued = slack.workspace.response_urls.issue(IRIS, posted["channel"], posted["ts"])
    hook = WebhookClient(slack.url + issued)
    hook.send(text="Approved", replace_original=True)
    assert [m.text for m in slack.workspace.channel("#payments").messages] == ["Approved"]
    hook.send(delete_original=True)
    assert slack.workspace.channel("#payments").messages == []

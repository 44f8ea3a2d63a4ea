"""The Web API as the real slack_sdk client speaks it, with each of Slack's refusals."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import loopback
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.slack.workspace import BOT

JSON = dict[str, Any]
IRIS = "U0IRIS"
CARD: JSON = {
    "text": "Invoice sent",
    "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Sent"}}],
}
BAD_BLOCKS = [{"type": "header", "text": {"type": "mrkdwn", "text": "Sent"}}]


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


def test_the_client_learns_who_it_is(client: WebClient) -> None:
    assert client.auth_test()["user_id"] == BOT


def test_a_wrong_token_is_refused(slack: SlackSandbox) -> None:
    stranger = WebClient(token="xoxb-other", base_url=slack.api_url)
    assert refused(stranger.auth_test)["error"] == "invalid_auth"


def test_a_missing_token_is_refused(slack: SlackSandbox) -> None:
    answer = loopback.post(f"{slack.api_url}auth.test")
    assert answer.json() == {"ok": False, "error": "not_authed"}


def test_an_unknown_method_is_refused(client: WebClient) -> None:
    assert refused(lambda: client.api_call("chat.shout"))["error"] == "unknown_method"


def test_broken_json_is_refused(slack: SlackSandbox) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = loopback.post(f"{slack.api_url}chat.postMessage", content=b"{", headers=headers)
    assert answer.json()["error"] == "invalid_json"


def test_a_scope_that_was_not_granted_is_named(slack: SlackSandbox) -> None:
    with SlackSandbox(scopes={"commands"}) as strict:
        client = WebClient(token=strict.bot_token, base_url=strict.api_url)
        answer = refused(lambda: client.chat_postMessage(channel="#payments", text="Paid"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")


def test_a_message_appears_in_the_channel(slack: SlackSandbox, client: WebClient) -> None:
    answer = client.chat_postMessage(channel="#payments", **CARD)
    (message,) = slack.workspace.channel("#payments").messages
    assert (message.ts, message.visible_text()) == (answer["ts"], "Sent")


def test_a_message_to_a_person_goes_to_their_direct_messages(
    slack: SlackSandbox, client: WebClient
) -> None:
    answer = client.chat_postMessage(channel=IRIS, text="Sent")
    assert answer["channel"].startswith("D")
    assert [m.text for m in slack.person(IRIS).messages()] == ["Sent"]


def test_timestamps_are_unique_and_increase(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel="#payments", text="Paid")["ts"] for _ in range(5)]
    assert stamps == sorted(set(stamps))


def test_a_reply_is_found_in_its_thread(slack: SlackSandbox, client: WebClient) -> None:
    parent = client.chat_postMessage(channel="#payments", text="Sent")["ts"]
    client.chat_postMessage(channel="#payments", text="Paid", thread_ts=parent)
    channel = slack.workspace.channel("#payments")
    assert [reply.text for reply in channel.thread(channel.messages[0])] == ["Paid"]


def test_an_update_keeps_the_history(slack: SlackSandbox, client: WebClient) -> None:
    posted = client.chat_postMessage(channel="#payments", text="Sent")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Paid")
    (message,) = slack.workspace.channel("#payments").messages
    assert (message.text, [old.text for old in message.history]) == ("Paid", ["Sent"])


def test_metadata_comes_back(slack: SlackSandbox, client: WebClient) -> None:
    metadata = {"event_type": "sent", "event_payload": {"link": 7}}
    client.chat_postMessage(channel="#payments", text="Sent", metadata=metadata)
    assert slack.workspace.channel("#payments").messages[0].metadata == metadata


def test_an_ephemeral_message_is_for_one_person(slack: SlackSandbox, client: WebClient) -> None:
    client.chat_postEphemeral(channel="#payments", user=IRIS, text="Only you")
    assert [m.text for m in slack.person(IRIS).ephemerals()] == ["Only you"]
    assert slack.workspace.channel("#payments").messages == []


def test_a_permalink_names_channel_and_time(client: WebClient) -> None:
    posted = client.chat_postMessage(channel="#payments", text="Sent")
    link = client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    assert link.endswith(f"/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}")


def test_people_and_channels_are_found(slack: SlackSandbox, client: WebClient) -> None:
    partner = slack.workspace.add_channel("#with-partner", is_ext_shared=True)
    slack.add_person("U0ALAN", "Alan", "alan@blossom.test", is_restricted=True)
    assert client.users_lookupByEmail(email="Iris@blossom.test")["user"]["id"] == IRIS
    assert client.users_info(user="U0ALAN")["user"]["is_restricted"] is True
    assert {member["id"] for member in client.users_list()["members"]} == {BOT, IRIS, "U0ALAN"}
    assert client.conversations_info(channel=partner.id)["channel"]["is_ext_shared"] is True
    assert client.conversations_open(users=IRIS)["channel"]["id"].startswith("D")


def test_lists_come_in_pages(slack: SlackSandbox, client: WebClient) -> None:
    slack.workspace.add_channel("#sales")
    first = client.conversations_list(limit=1)
    second = client.conversations_list(limit=1, cursor=first["response_metadata"]["next_cursor"])
    names = [page["channels"][0]["name"] for page in (first, second)]
    assert names == ["payments", "sales"]
    assert second["response_metadata"]["next_cursor"] == ""


CHAT_REFUSALS: dict[str, tuple[Callable[[WebClient], Any], str]] = {
    "unknown channel": (
        lambda c: c.chat_postMessage(channel="#nowhere", text="a"),
        "channel_not_found",
    ),
    "archived": (lambda c: c.chat_postMessage(channel="#old", text="a"), "is_archived"),
    "bot is not in it": (
        lambda c: c.chat_postMessage(channel="#sales", text="a"),
        "not_in_channel",
    ),
    "nothing to say": (
        lambda c: c.api_call("chat.postMessage", json={"channel": "#payments"}),
        "no_text",
    ),
    "bad blocks": (
        lambda c: c.chat_postMessage(channel="#payments", text="a", blocks=BAD_BLOCKS),
        "invalid_blocks",
    ),
    "too much text": (
        lambda c: c.chat_postMessage(
            channel="#payments",
            text="a",
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 2900}}] * 4,
        ),
        "msg_blocks_too_long",
    ),
    "blocks that are no JSON": (
        lambda c: c.chat_postMessage(channel="#payments", text="a", blocks="["),
        "invalid_blocks_format",
    ),
    "unknown thread": (
        lambda c: c.chat_postMessage(channel="#payments", text="a", thread_ts="1.1"),
        "thread_not_found",
    ),
    "deactivated person": (
        lambda c: c.chat_postMessage(channel="U0GONE", text="a"),
        "channel_not_found",
    ),
    "update of nothing": (
        lambda c: c.chat_update(channel="C000000000", ts="1.1", text="a"),
        "message_not_found",
    ),
    "update by the channel's name": (
        lambda c: c.chat_update(channel="#payments", ts="1.1", text="a"),
        "channel_not_found",
    ),
    "whisper to a stranger": (
        lambda c: c.chat_postEphemeral(channel="#payments", user="U0NOBODY", text="a"),
        "user_not_in_channel",
    ),
    "unknown address": (lambda c: c.users_lookupByEmail(email="a@b.test"), "users_not_found"),
    "unknown person": (lambda c: c.users_info(user="U0NOBODY"), "user_not_found"),
    "conversation by name": (
        lambda c: c.conversations_info(channel="#payments"),
        "channel_not_found",
    ),
    "conversation with the deactivated": (
        lambda c: c.conversations_open(users="U0GONE"),
        "user_disabled",
    ),
}


@pytest.mark.parametrize(("call", "error"), CHAT_REFUSALS.values(), ids=CHAT_REFUSALS.keys())
def test_slack_refuses(
    slack: SlackSandbox, client: WebClient, call: Callable[[WebClient], Any], error: str
) -> None:
    slack.workspace.add_channel("#sales", bot_is_member=False)
    slack.workspace.add_channel("#old", is_archived=True)
    slack.add_person("U0GONE", "Gone", "gone@blossom.test", deleted=True)
    assert refused(lambda: call(client))["error"] == error


def test_invalid_blocks_say_what_and_where(client: WebClient) -> None:
    answer = refused(
        lambda: client.chat_postMessage(channel="#payments", text="a", blocks=BAD_BLOCKS)
    )
    assert "[json-pointer:/blocks/0/text]" in answer["response_metadata"]["messages"][0]


def test_the_bot_cannot_edit_what_a_person_wrote(slack: SlackSandbox, client: WebClient) -> None:
    said = slack.person(IRIS).say("#payments", "INV-1 is paid?")
    answer = refused(lambda: client.chat_update(channel=said.channel, ts=said.ts, text="No"))
    assert answer["error"] == "cant_update_message"


def test_blocks_are_validated_without_a_token(slack: SlackSandbox) -> None:
    anyone = WebClient(base_url=slack.api_url)
    assert anyone.blocks_validate(blocks=CARD["blocks"])["ok"]
    assert refused(lambda: anyone.blocks_validate(blocks=BAD_BLOCKS))["error"] == "invalid_blocks"


def test_the_log_shows_calls_without_tokens(slack: SlackSandbox, client: WebClient) -> None:
    client.chat_postMessage(channel="#payments", text="Paid")
    client.api_call("auth.test", params={"token": slack.bot_token})
    refused(lambda: client.chat_postMessage(channel="#nowhere", text="Paid"))
    calls = slack.workspace.log.calls()
    assert [(call.name, call.ok) for call in calls] == [
        ("chat.postMessage", True),
        ("auth.test", True),
        ("chat.postMessage", False),
    ]
    assert slack.bot_token not in repr(calls)
    assert calls[0].arguments["text"] == "Paid"

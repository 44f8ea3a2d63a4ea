"""The announcer, with the real SDK, against the Slack stand-in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.adapters.slack_announcer import SlackAnnouncer
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.server import SlackSandbox
from commands.errors import Refused, SlackUnavailable
from commands.ports import SlackOutcomeUnknown, SlackPost

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]
HELLO = SlackPost("#payments", "Hello", BLOCKS, key="notice:1")


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        sandbox.add_person("U0SALLY", "Sally Sales", "sally@bloom.test")
        yield sandbox


@pytest.fixture
def announcer(slack: SlackSandbox) -> SlackAnnouncer:
    return SlackAnnouncer(slack.bot_token, slack.api_url)


def test_a_post_is_in_the_channel_with_its_key(
    slack: SlackSandbox, announcer: SlackAnnouncer
) -> None:
    posted = announcer.post(HELLO)
    (message,) = slack.workspace.channel("#payments").messages
    assert (posted.channel, posted.ts) == (message.channel, message.ts)
    assert message.payload()["metadata"]["event_payload"] == {"key": "notice:1"}


def test_a_persons_id_is_a_direct_message(slack: SlackSandbox, announcer: SlackAnnouncer) -> None:
    posted = announcer.post(replace(HELLO, channel="U0SALLY"))
    assert posted.channel == slack.workspace.direct_messages("U0SALLY").id


def test_an_edit_changes_the_message(slack: SlackSandbox, announcer: SlackAnnouncer) -> None:
    posted = announcer.post(replace(HELLO, channel="U0SALLY"))
    announcer.update(posted.ts, replace(HELLO, channel=posted.channel, text="Changed"))
    (message,) = slack.workspace.direct_messages("U0SALLY").messages
    assert message.text == "Changed"


def test_a_reply_stands_in_the_thread(slack: SlackSandbox, announcer: SlackAnnouncer) -> None:
    posted = announcer.post(HELLO)
    announcer.post(replace(HELLO, thread_ts=posted.ts))
    assert slack.workspace.channel("#payments").messages[1].thread_ts == posted.ts


def test_a_rate_limit_names_the_wait(slack: SlackSandbox, announcer: SlackAnnouncer) -> None:
    slack.workspace.faults.add(Fault("rate_limited", seconds=17))
    with pytest.raises(SlackUnavailable) as told:
        announcer.post(HELLO)
    assert told.value.retry_after == 17
    assert slack.workspace.channel("#payments").messages == []


def test_slacks_own_trouble_is_tried_again(slack: SlackSandbox, announcer: SlackAnnouncer) -> None:
    slack.workspace.faults.add(Fault("server_error"))
    with pytest.raises(SlackUnavailable):
        announcer.post(HELLO)


def test_a_lost_answer_is_not_repeated_by_the_sdk(
    slack: SlackSandbox, announcer: SlackAnnouncer
) -> None:
    slack.workspace.faults.add(Fault("drop"))
    with pytest.raises(SlackOutcomeUnknown):
        announcer.post(HELLO)
    assert len(slack.workspace.channel("#payments").messages) == 1


def test_nobody_there_is_tried_again(slack: SlackSandbox) -> None:
    with pytest.raises(SlackUnavailable, match="cannot be reached"):
        SlackAnnouncer("xoxb-1", "http://127.0.0.1:9/api/").post(HELLO)


def test_an_answer_that_never_comes_is_unknown(slack: SlackSandbox) -> None:
    slack.workspace.faults.add(Fault("hang", seconds=1.5))
    with pytest.raises(SlackOutcomeUnknown):
        SlackAnnouncer(slack.bot_token, slack.api_url, timeout=1).post(HELLO)


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("not_in_channel", "Invite the bot to #payments"),
        ("channel_not_found", "invite the bot"),
        ("is_archived", "Unarchive"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("missing_scope", "manifest"),
        ("invalid_blocks", "invalid_blocks"),
    ],
)
def test_a_refusal_names_the_mend(
    slack: SlackSandbox, announcer: SlackAnnouncer, code: str, mend: str
) -> None:
    slack.workspace.faults.add(Fault("error", code=code))
    with pytest.raises(Refused, match=mend):
        announcer.post(HELLO)


@pytest.mark.parametrize("code", ["internal_error", "service_unavailable", "ratelimited"])
def test_a_passing_error_is_tried_again(
    slack: SlackSandbox, announcer: SlackAnnouncer, code: str
) -> None:
    slack.workspace.faults.add(Fault("error", code=code))
    with pytest.raises(SlackUnavailable):
        announcer.post(HELLO)


def test_a_wrong_token_is_refused_and_not_shown(slack: SlackSandbox) -> None:
    with pytest.raises(Refused) as told:
        SlackAnnouncer("xoxb-secret-of-ours", slack.api_url).post(HELLO)
    assert "xoxb" not in told.value.sentence

import logging

import pytest

from bot.slack.app import slack_app, web_client
from tests.conftest import Room


@pytest.mark.databases("sqlite")
def test_it_starts_without_a_warning_when_the_token_is_in_the_environment(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    slack_app(room.desk, web_client("xoxb-of-the-settings"))
    assert [row.message for row in caplog.records if row.levelno >= logging.WARNING] == []

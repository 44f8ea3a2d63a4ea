"""The whole of `web`, as the settings put it together."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.settings import Settings
from bot.web.asgi import build
from tests.conftest import Room

SETTINGS = {
    "SECRET_KEY": "a long enough secret key",
    "COMPANY_NAME": "Bloom Wholesale",
    "MAIL_FROM": "billing@bloom.test",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
}


@pytest.mark.parametrize("path", ["/pay/the-token/", "/preview/signed/", "/slack/events/"])
def test_no_answer_leads_to_a_host_that_the_request_names(
    room: Room, tmp_path: Path, path: str
) -> None:
    settings = Settings(SETTINGS | {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"})
    http = TestClient(build(settings, room.desk), base_url="http://evil.test")
    answer = http.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers

"""The whole of `web`, as the settings put it together."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.settings import Settings
from bot.web.asgi import build
from bot.web.pay_page import PayPages
from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till

SETTINGS = {
    "SECRET_KEY": "a long enough secret key",
    "COMPANY_NAME": "Bloom Wholesale",
    "MAIL_FROM": "billing@bloom.test",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s",
}


@pytest.mark.databases("sqlite")  # only there does an import keep everybody from writing
def test_a_payer_who_meets_a_long_import_is_asked_to_come_again(room: Room) -> None:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    token = Till(room.desk, room.gateway).link("INV-1042")
    hurried = replace(room.desk, database=room.desk.database.hurried(0.1))
    pages = PayPages(hurried, checkout_origins=())
    http = TestClient(Starlette(routes=pages.routes()))
    with room.desk.database.writing():
        answer = http.post(f"/pay/{token}", data={"method": "card"})
    assert answer.status_code == 503
    assert "Nothing was charged" in answer.text


@pytest.mark.parametrize("path", ["/pay/the-token/", "/preview/signed/", "/slack/events/"])
def test_no_answer_leads_to_a_host_that_the_request_names(
    room: Room, tmp_path: Path, path: str
) -> None:
    settings = Settings(SETTINGS | {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"})
    http = TestClient(build(settings, room.desk), base_url="http://evil.test")
    answer = http.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers

import hashlib
import hmac
import json
import re
import statistics
import threading
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.sandbox import loopback
from bot.sandbox.slack import payloads
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.transport import Answer
from tests.bot.slack.corpus import MALFORMED, PRESS, SUBMISSION, VIEW
from tests.builders import SALLY
from tests.slack_room import SlackRoom

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py
@pytest.mark.parametrize(("body", "kind"), MALFORMED)
def test_malformed_and_signed_is_4xx(stage: SlackRoom, body: bytes, kind: str) -> None:
    # Signed here: the stand-in reads what it sends, and stumbles over some of these itself.
    headers = signed(stage.slack.signing_secret, body) | {"content-type": kind}
    url = f"{stage.url}/slack/events"
    assert loopback.post(url, content=body, headers=headers).status_code == 400


def signed(secret: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    text = b"v0:" + stamp.encode() + b":" + body
    mac = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={mac}"}


def test_nothing_signed_that_makes_no_sense_gets_5xx(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    ours = {"user": {"id": SALLY.id}, "team": {"id": "T0SANDBOX"}}
    odd: list[dict[str, Any]] = [
        PRESS | ours,
        PRESS | ours | {"actions": [_press("pay.card.undo", "not-a-number")]},
        PRESS | ours | {"actions": [_press("pay.card.undo", "99999")]},
        PRESS | ours | {"actions": [_press("pay.card.turn_off_link", "1" * 300)]},
        PRESS | ours | {"actions": [_press("pay.launch.nonsense", "")]},
        PRESS | ours | {"actions": [_press("pay.find_invoice", "")]},
        SUBMISSION | ours,
        SUBMISSION | ours | {"view": VIEW | {"callback_id": "pay.send_invoice.submit"}},
        SUBMISSION | ours | {"view": VIEW | {"callback_id": "pay.share_card.submit"}},
        {**PRESS, **ours, "type": "shortcut", "callback_id": "x"},
        {**PRESS, **ours, "type": "view_closed", "view": VIEW},
    ]
    for number, body in enumerate(odd):
        unique = body | {"trigger_id": f"odd.{number}"}
        answer = sally.send_signed(urlencode({"payload": json.dumps(unique)}).encode())
        assert answer.status == 200, body


def _press(action_id: str, value: str) -> dict[str, str]:
    return {"type": "button", "action_id": action_id, "block_id": "b", "value": value}


def test_what_nobody_signed_reaches_nothing(stage: SlackRoom) -> None:
    answer = stage.person(SALLY).send_raw(b"ssl_check=1", {"content-type": FORM})
    assert answer.status == 401
    assert stage.slack.workspace.log.calls("auth.test") == []


def test_a_body_without_end_is_cut_off(stage: SlackRoom) -> None:
    assert stage.person(SALLY).send_signed(b"a" * 2_000_001).status == 413


def test_slack_s_own_checks_are_answered(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    challenge = b'{"type": "url_verification", "challenge": "abc"}'
    assert sally.send_signed(challenge, JSON).json() == {"challenge": "abc"}
    assert sally.send_signed(b"ssl_check=1&token=x").status == 200
    assert loopback.get(f"{stage.url}/slack/events?ssl_check=1").status_code == 200
    assert loopback.get(f"{stage.url}/slack/events").status_code == 405


def test_a_replayed_command_opens_nothing_again(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    sally.command("/pay", "INV-1042")
    assert sally.replay().ok
    assert stage.calls("views.open") == 1


def test_an_event_is_acknowledged_however_often_it_comes(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    event = {"type": "app_home_opened", "user": SALLY.id, "tab": "home"}
    assert sally.event(event, event_id="Ev1").status == 200
    assert sally.event(event, event_id="Ev1", retry=1).status == 200


def test_our_workspace_is_asked_for_once(stage: SlackRoom) -> None:
    for _ in range(3):
        stage.person(SALLY).command("/pay", "help")
    assert (stage.calls("auth.test"), stage.calls("users.info")) == (1, 1)


def test_fifty_commands_at_once_are_all_acknowledged_in_time(stage: SlackRoom) -> None:
    answers: list[Answer] = []

    def type_help() -> None:
        answers.append(stage.person(SALLY).command("/pay", "help"))

    threads = [threading.Thread(target=type_help) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer.ok for answer in answers)
    assert statistics.quantiles([a.seconds for a in answers], n=20)[-1] < 3


def test_slack_that_hangs_is_told_within_slack_s_patience(stage: SlackRoom) -> None:
    stage.person(SALLY).command("/pay", "help")
    stage.slack.workspace.faults.add(Fault("hang", method="views.open", seconds=5))
    began = time.monotonic()
    answer = stage.person(SALLY).command("/pay", "INV-1042")
    assert time.monotonic() - began < 3
    assert "Slack did not answer in time" in answer.text


def test_a_failure_nobody_foresaw_gets_a_reference(
    stage: SlackRoom, caplog: pytest.LogCaptureFixture
) -> None:
    sally = stage.person(SALLY)
    transport = stage.slack.transport
    values = payloads.command(transport, sally.member, "C000000000", "/pay", "INV-1042")
    with stage.desk.database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE invoices RENAME TO lost")
    answer = transport.send_command(values)
    assert answer.status == 200
    assert "Something went wrong, nothing was sent. Reference R-" in answer.body
    [reference] = re.findall(r"R-[0-9A-F]{6}", answer.body)
    assert reference in caplog.text
    assert re.search("no such table|does not exist", caplog.text)
    assert stage.slack.bot_token not in caplog.text

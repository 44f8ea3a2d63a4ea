"""The page's server: who may ask, what it tells, and that what it shows is bounded."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from smtplib import SMTP
from typing import Any

import pytest

from bot.sandbox import loopback
from bot.sandbox.page import wire
from bot.sandbox.page.business_time import BusinessTime
from bot.sandbox.slack.messages import Content
from tests.bot.sandbox.page.conftest import ANNA, Sandbox

JSON = dict[str, Any]


def state(sandbox: Sandbox, person: str = ANNA) -> JSON:
    answer: JSON = loopback.get(f"{sandbox.url}/state", params={"person": person}).json()
    return answer


def act(sandbox: Sandbox, name: str, **details: Any) -> JSON:
    asked = {"person": ANNA, **details}
    answer: JSON = loopback.post(f"{sandbox.url}/act/{name}", json=asked).json()
    return answer


def mail(sandbox: Sandbox, html: str = "<p>Hello") -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@bloom.test", "b@rose.test", "Invoice 7"
    letter.set_content("Hello")
    letter.add_alternative(html, subtype="html")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="7.pdf")
    letter.add_attachment("<b>x", subtype="html", filename="x.html")
    with SMTP("127.0.0.1", sandbox.scene.mail.port) as smtp:
        smtp.send_message(letter)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example", "Content-Type": "application/json"},
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_page_of_another_site_cannot_press_anything(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    content = json.dumps({"person": ANNA, "channel": "#payments", "text": "hello"})
    done = loopback.post(f"{sandbox.url}/act/type", content=content, headers=headers)
    assert done.status_code == 403
    assert sandbox.slack.workspace.channel("#payments").messages == []


def test_nothing_comes_from_outside_and_no_script_from_elsewhere(sandbox: Sandbox) -> None:
    policy = loopback.get(sandbox.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


def test_changes_arrive_by_themselves(sandbox: Sandbox) -> None:
    with loopback.client(timeout=5) as web, web.stream("GET", f"{sandbox.url}/changes") as stream:
        lines = stream.iter_lines()
        first = next(line for line in lines if line)
        sandbox.slack.workspace.post(sandbox.slack.workspace.channel("#payments"), Content("x"))
        second = next(line for line in lines if line)
    assert first.startswith("data: ")
    assert first != second


def test_a_person_sees_only_what_is_theirs(sandbox: Sandbox) -> None:
    workspace = sandbox.slack.workspace
    workspace.post(workspace.direct_messages("U06NORA"), Content("for Nora"))
    assert "for Nora" not in json.dumps(state(sandbox))
    assert "for Nora" in json.dumps(state(sandbox, "U06NORA"))


@pytest.mark.parametrize(
    ("name", "details", "told"),
    [
        ("submit", {"view_id": "V0"}, "not_found"),
        ("press", {"channel": "#payments", "ts": "1"}, "not there any more"),
        ("type", {"channel": "#nowhere", "text": "hello"}, "channel_not_found"),
        ("fly", {}, "fly"),
        ("type", {}, "text"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    sandbox: Sandbox, name: str, details: JSON, told: str
) -> None:
    assert told in act(sandbox, name, **details)["trouble"]


def test_nobody_acts_in_a_view_of_somebody_else(sandbox: Sandbox) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [section]}
    with sandbox.slack.workspace.lock:
        theirs = sandbox.slack.workspace.views.open("U06NORA", view, None)
    assert "somebody else" in act(sandbox, "close", view_id=theirs.id)["trouble"]


def test_a_mail_is_shown_in_a_room_without_doors(sandbox: Sandbox) -> None:
    mail(sandbox, "<html><head></head><script>alert(1)</script>")
    shown = loopback.get(f"{sandbox.url}/mail/0/html")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert '<base target="_blank">' in shown.text
    assert loopback.get(f"{sandbox.url}/mail/1/html").status_code == 404


def test_only_what_cannot_run_is_shown_in_place(sandbox: Sandbox) -> None:
    mail(sandbox)
    [row] = state(sandbox)["mails"]
    pdf, html = (loopback.get(f"{sandbox.url}{one['url']}") for one in row["attachments"])
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    assert html.headers["content-disposition"].startswith("attachment")
    assert html.headers["content-type"] == "application/octet-stream"


def test_the_strip_shows_the_newest_first_and_cuts_what_is_long(sandbox: Sandbox) -> None:
    for number in range(wire.SHOWN):
        act(sandbox, "type", channel="#payments", text=f"/pay {number}")
    act(sandbox, "type", channel="#payments", text=f"/pay last {'x' * 20_000}")
    rows = state(sandbox)["wire"]
    assert len(rows) == wire.SHOWN
    assert rows[0]["name"].startswith("/pay last")
    whole = loopback.get(f"{sandbox.url}/wire", params={"id": rows[0]["id"]}).json()
    assert len(whole["request"]) < wire.PAYLOAD + 100
    assert "more characters" in whole["request"]
    assert "sandbox-verification-token" not in json.dumps(whole)


def test_stripes_controls_are_pressed_here(sandbox: Sandbox) -> None:
    done = loopback.post(f"{sandbox.url}/gateway/events", json={"mode": "hold"})
    assert done.status_code == 200
    assert state(sandbox)["gateway"]["manner"] == "hold"
    wrong = loopback.post(f"{sandbox.url}/gateway/settle", json={"id": "pi_0"}).json()
    assert "pi_0" in wrong["error"]


def clock(run_due: Callable[[datetime], str]) -> BusinessTime:
    return BusinessTime(run_due, "America/Los_Angeles")


def test_business_time_only_goes_forward() -> None:
    asked: list[datetime] = []

    def run_due(instant: datetime) -> str:
        asked.append(instant)
        return 'a line of words\n{"deliveries": 2}\n'

    time = clock(run_due)
    goal = datetime.now(UTC) + timedelta(days=3)
    assert time.advance(goal)["counts"] == {"deliveries": 2}
    assert time.now == goal
    with pytest.raises(ValueError, match="only goes forward"):
        time.advance(goal - timedelta(days=1))
    assert asked == [goal]


def test_a_period_ends_in_the_companys_own_time_zone() -> None:
    time = clock(lambda _: "{}")
    time.advance(datetime(2100, 1, 1, 7, 0, tzinfo=UTC))  # still December there
    assert time.next_period().isoformat() == "2100-01-01T06:00:00-08:00"
    assert time.next_day().isoformat() == "2100-01-01T06:00:00-08:00"


def test_what_the_product_could_not_do_is_told() -> None:
    def run_due(_: datetime) -> str:
        raise RuntimeError("run-due failed: no database")

    time = clock(run_due)
    assert "no database" in time.advance(time.next_day())["trouble"]

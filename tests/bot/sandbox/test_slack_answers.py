"""Whatever a bot answers, people see what Slack would show them: a bot with scripted answers."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.errors import BadAnswerError, NotOnScreenError
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.slack.transport import readable

JSON = dict[str, Any]


@dataclass
class ScriptedBot:
    """Answers every request with the same words and keeps what it was sent."""

    body: str = ""
    status: int = 200
    seconds: float = 0.0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self._events, methods=["POST"])])

    async def _events(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.headers.append(dict(request.headers))
        return await self._answer()

    async def _answer(self) -> Response:
        await asyncio.sleep(self.seconds)
        return Response(self.body, self.status)


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
def slack(bot: ScriptedBot) -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox, LoopbackServer(bot.app()) as server:
        sandbox.events_url = f"{server.url}/slack/events"
        yield sandbox


@pytest.fixture
def iris(slack: SlackSandbox) -> Person:
    return slack.add_person("U0IRIS", "Iris Vale", "iris@blossom.test")


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def options(*names: str) -> list[JSON]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def entry(label: str, kind: str, **element: Any) -> JSON:
    named = {"type": kind, "action_id": label.lower(), **element}
    return {
        "type": "input",
        "block_id": f"b.{label.lower()}",
        "label": plain(label),
        "element": named,
    }


def modal(*blocks: JSON) -> JSON:
    titles = {"title": plain("Form"), "submit": plain("Send")}
    return {"type": "modal", "blocks": list(blocks), **titles}


def show(slack: SlackSandbox, client: WebClient, *blocks: JSON) -> None:
    trigger = slack.workspace.triggers.issue("U0IRIS", None, None)
    client.views_open(trigger_id=trigger, view=modal(*blocks))


def values(bot: ScriptedBot) -> JSON:
    """The state that the newest request carried."""
    found: JSON = readable(bot.bodies[-1])["view"]["state"]["values"]
    return found


def test_every_request_carries_a_good_signature(
    slack: SlackSandbox, bot: ScriptedBot, iris: Person
) -> None:
    iris.command("/pay", "Grüße & 100 %")
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(bot.bodies[0], bot.headers[0])


def test_a_command_is_sent_as_slack_sends_it(bot: ScriptedBot, iris: Person) -> None:
    iris.command("/pay", "invoice INV-1042", channel="#payments")
    sent = readable(bot.bodies[0])
    assert sent["text"] == "invoice INV-1042"
    assert sent["channel_name"] == "payments"
    assert sent["response_url"].startswith("http://127.0.0.1:")
    assert len(sent["trigger_id"].split(".")) == 3


def test_an_answer_after_the_patience_is_a_timeout(
    slack: SlackSandbox, bot: ScriptedBot, iris: Person
) -> None:
    slack.transport.patience = 0.1
    bot.seconds = 0.3
    answer = iris.command("/pay")
    assert (answer.status, answer.trouble) == (None, "operation_timeout")


def test_a_bot_that_is_away_is_dispatch_failed(slack: SlackSandbox, iris: Person) -> None:
    slack.events_url = "http://127.0.0.1:9/slack/events"
    assert iris.command("/pay").trouble == "dispatch_failed"


@pytest.mark.parametrize(
    "body",
    [
        {"blocks": [{"type": "section", "text": plain("a")}]},
        {"text": "a", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]},
    ],
    ids=["blocks without text", "bad block"],
)
def test_a_command_answer_that_slack_would_not_show_fails(
    bot: ScriptedBot, iris: Person, body: JSON
) -> None:
    bot.body = json.dumps(body)
    answer = iris.command("/pay")
    assert "invalid_command_response" in str(answer.trouble)
    assert iris.ephemerals() == []


def test_an_answer_may_be_meant_for_the_channel(
    slack: SlackSandbox, bot: ScriptedBot, iris: Person
) -> None:
    bot.body = json.dumps({"response_type": "in_channel", "text": "Hello all"})
    iris.command("/pay", channel="#payments")
    assert [m.text for m in slack.workspace.channel("#payments").messages] == ["Hello all"]


BAD_SUBMISSIONS = {
    "no JSON": "OK",
    "a list": "[]",
    "unknown action": '{"response_action": "vanish"}',
    "no errors": '{"response_action": "errors", "errors": {}}',
    "empty sentence": '{"response_action": "errors", "errors": {"b.to": ""}}',
    "update without view": '{"response_action": "update"}',
    "update with a bad view": '{"response_action": "update", "view": {"type": "modal"}}',
    "something else": '{"ok": true}',
}


@pytest.mark.parametrize("body", BAD_SUBMISSIONS.values(), ids=BAD_SUBMISSIONS.keys())
def test_a_bad_answer_to_a_submission_leaves_the_modal_open(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person, body: str
) -> None:
    show(slack, client, entry("To", "plain_text_input"))
    iris.modal.fill("To", "a@b.test")
    bot.body = body
    assert iris.modal.submit().action == "trouble"
    assert iris.modal.value("To") == "a@b.test"


def test_a_submission_may_push_update_and_clear(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person
) -> None:
    show(slack, client, entry("To", "plain_text_input", initial_value="a@b.test"))
    for action, title in (("push", "Review"), ("update", "Sure?")):
        next_view = {
            **modal(entry("To", "plain_text_input", initial_value="a")),
            "title": plain(title),
        }
        bot.body = json.dumps({"response_action": action, "view": next_view})
        assert iris.modal.submit().action == action
        assert iris.modal.title == title
    bot.body = '{"response_action": "clear"}'
    assert iris.modal.submit().ok
    assert not iris.has_modal


def test_closing_a_pushed_modal_goes_back_to_what_was_typed(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person
) -> None:
    show(slack, client, entry("To", "plain_text_input"))
    iris.modal.fill("To", "a@b.test")
    below = iris.modal
    bot.body = json.dumps(
        {"response_action": "push", "view": modal(entry("Note", "plain_text_input"))}
    )
    below.submit()
    with pytest.raises(NotOnScreenError, match="not on the screen"):
        below.fill("To", "c@d.test")
    iris.modal.close()
    assert iris.modal.value("To") == "a@b.test"


def test_every_kind_of_input_has_its_place_in_the_state(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person
) -> None:
    show(
        slack,
        client,
        entry("Amount", "number_input", is_decimal_allowed=True),
        entry("Due", "datepicker"),
        entry("Terms", "static_select", options=options("Net 15", "Net 30")),
        entry("Stems", "multi_static_select", options=options("Rose", "Iris", "Lily")),
        entry("How", "radio_buttons", options=options("Card", "Bank")),
        entry("Where", "conversations_select"),
        entry("Who", "users_select"),
    )
    form = iris.modal
    form.fill("Amount", "12.50")
    for label, choice in (
        ("Due", "2026-03-14"),
        ("Terms", "Net 30"),
        ("Stems", "Rose"),
        ("Stems", "Lily"),
        ("How", "Bank"),
        ("Where", "#payments"),
        ("Who", "Iris Vale"),
    ):
        form.pick(label, choice)
    form.submit()
    sent = values(bot)
    channel = slack.workspace.channel("#payments")
    assert sent["b.amount"]["amount"] == {"type": "number_input", "value": "12.50"}
    assert sent["b.due"]["due"]["selected_date"] == "2026-03-14"
    assert sent["b.terms"]["terms"]["selected_option"]["value"] == "net 30"
    assert [o["value"] for o in sent["b.stems"]["stems"]["selected_options"]] == ["rose", "lily"]
    assert sent["b.how"]["how"]["selected_option"]["value"] == "bank"
    assert sent["b.where"]["where"]["selected_conversation"] == channel.id
    assert sent["b.who"]["who"]["selected_user"] == "U0IRIS"


@pytest.mark.parametrize(
    ("element", "typed", "sentence"),
    [
        (entry("Field", "number_input", is_decimal_allowed=False), "1.5", "whole number"),
        (entry("Field", "number_input", is_decimal_allowed=True), "ten", "a number"),
        (
            entry("Field", "number_input", is_decimal_allowed=True, max_value="10"),
            "11",
            "10 or less",
        ),
        (entry("Field", "email_text_input"), "nobody", "valid email"),
        (entry("Field", "plain_text_input", max_length=3), "four", "at most 3"),
    ],
    ids=["decimal", "words", "too much", "address", "too long"],
)
def test_slack_checks_some_inputs_itself(
    slack: SlackSandbox,
    client: WebClient,
    bot: ScriptedBot,
    iris: Person,
    element: JSON,
    typed: str,
    sentence: str,
) -> None:
    show(slack, client, element)
    iris.modal.fill("Field", typed)
    assert sentence in iris.modal.submit().errors["Field"]
    assert bot.bodies == []


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"options": [{"text": "Rose", "value": "r"}]}', '{"choices": []}'],
    ids=["nothing", "a list", "text as string", "unknown key"],
)
def test_malformed_options_are_refused(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person, body: str
) -> None:
    show(slack, client, entry("Stem", "external_select", min_query_length=0))
    bot.body = body
    with pytest.raises(BadAnswerError):
        iris.modal.search("Stem", "")


def test_options_may_come_in_groups(
    slack: SlackSandbox, client: WebClient, bot: ScriptedBot, iris: Person
) -> None:
    show(slack, client, entry("Stem", "external_select", min_query_length=1))
    groups = [{"label": plain("Reds"), "options": options("Rose")}]
    bot.body = json.dumps({"option_groups": groups})
    iris.modal.pick("Stem", "Rose", search="r")
    assert iris.modal.value("Stem") == "Rose"


def test_a_repeated_event_is_marked_as_a_retry(bot: ScriptedBot, iris: Person) -> None:
    iris.event({"type": "user_change", "user": {"id": iris.id}}, event_id="Ev1", retry=1)
    assert bot.headers[0]["x-slack-retry-num"] == "1"
    assert json.loads(bot.bodies[0])["event_id"] == "Ev1"


def test_waiting_ends_with_the_change_or_in_time(slack: SlackSandbox, iris: Person) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        slack.workspace.wait_for(iris.ephemerals, timeout=0.1)
    assert time.monotonic() - began < 1

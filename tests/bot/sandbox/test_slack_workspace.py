"""The state of the workspace: whole under many threads, and easy to show."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.slack.snapshot import snapshot
from bot.sandbox.slack.transport import readable


@pytest.fixture
def received() -> list[bytes]:
    return []


@pytest.fixture
def slack(received: list[bytes]) -> Iterator[SlackSandbox]:
    """A workspace whose bot accepts everything in silence."""

    async def events(request: Request) -> Response:
        received.append(await request.body())
        return Response()

    app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    with SlackSandbox() as sandbox, LoopbackServer(app) as server:
        sandbox.events_url = f"{server.url}/slack/events"
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def iris(slack: SlackSandbox) -> Person:
    return slack.add_person("U0IRIS", "Iris Vale", "iris@blossom.test")


def test_fifty_messages_at_once_get_fifty_timestamps(
    slack: SlackSandbox, client: WebClient
) -> None:
    def post(number: int) -> object:
        return client.chat_postMessage(channel="#payments", text=f"Paid {number}")["ts"]

    with ThreadPoolExecutor(10) as pool:
        stamps = list(pool.map(post, range(50)))
    messages = slack.workspace.channel("#payments").messages
    assert len(set(stamps)) == 50
    assert [m.ts for m in messages] == sorted(m.ts for m in messages)


def test_people_act_at_the_same_time(
    slack: SlackSandbox, received: list[bytes], iris: Person
) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: iris.command("/pay", str(n)), range(30)))
    assert all(answer.ok for answer in answers)
    assert {readable(body)["text"] for body in received} == {str(n) for n in range(30)}


def test_a_snapshot_is_json_of_what_one_person_sees(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    omar = slack.add_person("U0OMAR", "Omar", "omar@blossom.test")
    client.chat_postMessage(channel="#payments", text="Paid")
    client.chat_postEphemeral(channel="#payments", user=iris.id, text="Only Iris")
    client.chat_postEphemeral(channel="#payments", user=omar.id, text="Only Omar")
    client.chat_postMessage(channel=omar.id, text="Only Omar")
    seen = json.dumps(snapshot(slack.workspace, iris.id)["channels"])
    assert "Paid" in seen
    assert "Only Iris" in seen
    assert "Only Omar" not in seen


def test_a_snapshot_changes_its_version_with_each_change(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    before = snapshot(slack.workspace, iris.id)["version"]
    client.chat_postMessage(channel="#payments", text="Paid")
    assert snapshot(slack.workspace, iris.id)["version"] > before


def test_a_snapshot_shows_open_modals_with_what_was_typed(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    element = {"type": "plain_text_input", "action_id": "to"}
    label = {"type": "plain_text", "text": "To"}
    block = {"type": "input", "block_id": "b", "label": label, "element": element}
    trigger = slack.workspace.triggers.issue(iris.id, None, None)
    view = {"type": "modal", "title": label, "submit": label, "blocks": [block]}
    client.views_open(trigger_id=trigger, view=view)
    iris.modal.fill("To", "a@b.test")
    (modal,) = snapshot(slack.workspace, iris.id)["modals"]
    assert modal["state"]["values"]["b"]["to"]["value"] == "a@b.test"


def test_a_shortcut_from_a_message_carries_the_message(
    slack: SlackSandbox, received: list[bytes], iris: Person
) -> None:
    said = iris.say("#payments", "INV-1042 is paid?")
    assert iris.message_shortcut(said, "find_invoice").ok
    assert iris.shortcut("launcher").ok
    from_message, from_anywhere = map(readable, received)
    assert from_message["message"]["text"] == "INV-1042 is paid?"
    assert (from_message["type"], from_anywhere["type"]) == ("message_action", "shortcut")


def test_what_people_type_arrives_escaped(
    slack: SlackSandbox, received: list[bytes], iris: Person
) -> None:
    said = iris.say("#payments", "<!channel> & co")
    iris.message_shortcut(said, "find_invoice")
    iris.command("/pay", "A <B> &amp; co")
    from_message, command = map(readable, received)
    assert from_message["message"]["text"] == "&lt;!channel&gt; &amp; co"
    assert command["text"] == "A &lt;B&gt; &amp;amp; co"


def test_a_press_carries_message_container_and_a_fresh_trigger(
    slack: SlackSandbox, client: WebClient, received: list[bytes], iris: Person
) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Undo"}, "action_id": "u"}
    blocks = [{"type": "actions", "elements": [button]}]
    client.chat_postMessage(channel=iris.id, text="Sent", blocks=blocks)
    for _ in range(2):
        iris.press(iris.messages()[0], "Undo")
    first, second = map(readable, received)
    assert first["container"]["message_ts"] == first["message"]["ts"]
    assert first["user"]["team_id"] == first["team"]["id"]
    assert first["actions"][0]["block_id"] == first["message"]["blocks"][0]["block_id"]
    assert first["trigger_id"] != second["trigger_id"]


def with_buttons(*names: str) -> list[dict[str, object]]:
    buttons = [
        {"type": "button", "text": {"type": "plain_text", "text": name}, "action_id": f"a{number}"}
        for number, name in enumerate(names)
    ]
    return [{"type": "actions", "elements": buttons}]


def test_two_buttons_with_one_name_are_told_apart_by_action_id(
    client: WebClient, received: list[bytes], iris: Person
) -> None:
    client.chat_postMessage(channel=iris.id, text="Choose", blocks=with_buttons("Undo", "Undo"))
    (message,) = iris.messages()
    with pytest.raises(NotOnScreenError, match="2 buttons 'Undo'"):
        iris.press(message, "Undo")
    iris.press(message, "a1")
    assert readable(received[0])["actions"][0]["action_id"] == "a1"


def test_nobody_presses_a_button_that_only_another_sees(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    omar = slack.add_person("U0OMAR", "Omar", "omar@blossom.test")
    blocks = with_buttons("Undo")
    client.chat_postEphemeral(channel="#payments", user=iris.id, text="Sent", blocks=blocks)
    (message,) = iris.ephemerals()
    with pytest.raises(NotOnScreenError, match="Omar does not see"):
        omar.press(message, "Undo")
    assert iris.press(message, "Undo").ok


def test_a_label_that_fits_two_fields_is_not_guessed(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    def field(label: str) -> dict[str, object]:
        element = {"type": "plain_text_input", "action_id": label}
        text = {"type": "plain_text", "text": label}
        return {"type": "input", "label": text, "element": element}

    title = {"type": "plain_text", "text": "Form"}
    blocks = [field("Email to"), field("Email copy")]
    trigger = slack.workspace.triggers.issue(iris.id, None, None)
    client.views_open(
        trigger_id=trigger,
        view={"type": "modal", "title": title, "submit": title, "blocks": blocks},
    )
    with pytest.raises(NotOnScreenError, match="2 times field 'Email'"):
        iris.modal.fill("Email", "a@b.test")
    iris.modal.fill("Email c", "a@b.test")
    assert iris.modal.value("Email copy") == "a@b.test"


def test_slack_names_blocks_and_elements_that_have_no_name(
    slack: SlackSandbox, client: WebClient
) -> None:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Paid"}]}
    text = {"type": "plain_text", "text": "Undo"}
    blocks: list[dict[str, object]] = [
        {"type": "rich_text", "elements": [part]},
        {"type": "actions", "elements": [{"type": "button", "text": text}]},
        {"type": "container", "title": text, "child_blocks": [{"type": "divider"}]},
    ]
    answer = client.chat_postMessage(channel="#payments", text="Paid", blocks=blocks)
    rich, actions, container = answer["message"]["blocks"]
    assert rich["block_id"] != actions["block_id"]
    assert rich["elements"] == [part]
    assert actions["elements"][0]["action_id"]
    assert container["child_blocks"][0]["block_id"]


def test_the_log_holds_both_directions_without_tokens(
    slack: SlackSandbox, client: WebClient, iris: Person
) -> None:
    client.chat_postMessage(channel=iris.id, text="Hello")
    iris.command("/pay", "help")
    sent, asked = slack.workspace.log.calls()
    assert (sent.direction, sent.name) == ("api", "chat.postMessage")
    assert (asked.direction, asked.name) == ("event", "/pay")
    assert asked.arguments["token"] == "[redacted]"

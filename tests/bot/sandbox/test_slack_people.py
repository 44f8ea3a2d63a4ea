"""People in the workspace talk to a real slack_bolt app over signed requests."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.serving import LoopbackServer
from bot.sandbox.slack.errors import BadAnswerError, NotOnScreenError
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.server import SlackSandbox

JSON = dict[str, Any]
STEMS = ("Iris, blue", "Iris, white", "Rose, red")


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> JSON:
    return {"text": plain(text), "value": value}


def entry(label: str, element: JSON, block_id: str, **extra: Any) -> JSON:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        **extra,
    }


def button(text: str, action_id: str, **extra: Any) -> JSON:
    return {"type": "button", "text": plain(text), "action_id": action_id, **extra}


def send_form(heading: str = "Invoice INV-1042", version: str = "v1") -> JSON:
    addresses = {"type": "plain_text_input", "action_id": "to", "multiline": True}
    options = [option("Include Payment Link", "link"), option("Copy me", "copy")]
    boxes = {
        "type": "checkboxes",
        "action_id": "options",
        "options": options,
        "initial_options": options[:1],
    }
    stem = {"type": "external_select", "action_id": "stem", "min_query_length": 2}
    link = button("Open PDF", "pdf", url="https://example.test/pdf")
    return {
        "type": "modal",
        "callback_id": "send",
        "notify_on_close": True,
        "title": plain("Send invoice"),
        "submit": plain("Send"),
        "blocks": [
            {"type": "header", "text": plain(heading)},
            entry("Email addresses", addresses, "addresses"),
            entry("Options", boxes, f"options.{version}", optional=True),
            entry("Flower", stem, "flower", optional=True, dispatch_action=True),
            {"type": "actions", "block_id": "more", "elements": [button("Refresh", "again"), link]},
        ],
    }


def card(state: str) -> JSON:
    menu = {"type": "overflow", "action_id": "menu", "options": [option("Resend", "resend")]}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"Invoice {state}"}}
    buttons = [button("Undo", "undo", value="7"), menu] if state == "held" else [menu]
    blocks = [section, {"type": "actions", "elements": buttons}]
    return {"text": f"Invoice INV-1042 {state}", "blocks": blocks}


def build_florist(client: WebClient, signing_secret: str) -> Starlette:
    app = App(client=client, signing_secret=signing_secret, process_before_response=True)
    _commands(app)
    _modal(app)
    _messages(app)
    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def _commands(app: App) -> None:
    @app.command("/pay")
    def pay(ack: Ack, body: JSON, client: WebClient, respond: Respond) -> None:
        if body["text"] == "help":
            ack(text="Usage: /pay invoice")
            return
        if body["text"] == "later":
            ack()
            respond(text="Here it is", response_type="ephemeral")
            return
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=send_form())

    @app.event("app_home_opened")
    def home(event: JSON, client: WebClient) -> None:
        hello = {"type": "section", "text": {"type": "mrkdwn", "text": "Waiting for you"}}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [hello]})


def _modal(app: App) -> None:
    @app.options("stem")
    def stems(ack: Ack, body: JSON) -> None:
        found = [stem for stem in STEMS if body["value"].lower() in stem.lower()]
        crowd = [f"Stem {n}" for n in range(101)] if body["value"] == "many" else []
        ack(options=[option(stem, stem) for stem in [*found, *crowd]])

    @app.action("stem")
    def chosen(ack: Ack, body: JSON, client: WebClient) -> None:
        ack()
        name = body["actions"][0]["selected_option"]["text"]["text"]
        client.views_update(
            view_id=body["view"]["id"], hash=body["view"]["hash"], view=send_form(f"For {name}")
        )

    @app.action("again")
    def again(ack: Ack, body: JSON, client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=send_form("Again", "v2"))

    @app.action("pdf")
    def pdf(ack: Ack) -> None:
        ack()

    @app.view("send")
    def send(ack: Ack, body: JSON, view: JSON, client: WebClient) -> None:
        typed = view["state"]["values"]["addresses"]["to"]["value"]
        if "@" not in typed:
            ack(response_action="errors", errors={"addresses": f"{typed} is not an address"})
            return
        if typed == "strange@":
            ack(response_action="errors", errors={"nowhere": "Lost"})
            return
        client.chat_postMessage(channel=body["user"]["id"], **card("held"))
        ack()

    @app.view_closed("send")
    def closed(ack: Ack) -> None:
        ack()


def _messages(app: App) -> None:
    @app.action("undo")
    def undo(ack: Ack, body: JSON, client: WebClient) -> None:
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], **card("undone")
        )
        ack()

    @app.action("menu")
    def menu(ack: Ack, respond: Respond, body: JSON) -> None:
        ack()
        respond(
            text=f"Did {body['actions'][0]['selected_option']['value']}", replace_original=False
        )


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    """A workspace whose bot is the florist's app."""
    with SlackSandbox() as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        with LoopbackServer(build_florist(client, sandbox.signing_secret)) as bot:
            sandbox.events_url = f"{bot.url}/slack/events"
            yield sandbox


@pytest.fixture
def iris(slack: SlackSandbox) -> Person:
    return slack.add_person("U0IRIS", "Iris Vale", "iris@blossom.test")


def open_form(person: Person) -> None:
    assert person.command("/pay", "invoice INV-1042").ok


def test_the_whole_way_from_command_to_undo(slack: SlackSandbox, iris: Person) -> None:
    assert iris.command("/pay", "invoice INV-1042", channel="#payments").ok
    iris.modal.fill("Email addresses", "a@b.test, c@d.test")
    iris.modal.pick("Flower", "Iris, white", search="iris")
    assert iris.modal.submit().action == "close"
    assert not iris.has_modal
    sent = iris.wait_for_message("INV-1042 held")
    assert iris.press(sent, "Undo").ok
    assert (sent.text, len(sent.history)) == ("Invoice INV-1042 undone", 1)


def test_a_command_answers_in_its_body(iris: Person) -> None:
    answer = iris.command("/pay", "help")
    assert (answer.status, answer.text) == (200, "Usage: /pay invoice")
    assert [m.text for m in iris.ephemerals()] == ["Usage: /pay invoice"]


def test_a_command_answers_by_its_response_url(iris: Person) -> None:
    assert iris.command("/pay", "later").text == "Here it is"


def test_a_field_error_shows_under_its_label_and_keeps_what_was_typed(iris: Person) -> None:
    open_form(iris)
    iris.modal.fill("Email addresses", "nobody")
    iris.modal.tick("Copy me")
    submission = iris.modal.submit()
    assert submission.errors == {"Email addresses": "nobody is not an address"}
    assert iris.modal.errors == submission.errors
    assert iris.modal.value("Email addresses") == "nobody"
    assert iris.modal.ticked() == ["Include Payment Link", "Copy me"]


def test_an_error_on_a_block_that_is_not_there_is_trouble(iris: Person) -> None:
    open_form(iris)
    iris.modal.fill("Email addresses", "strange@")
    submission = iris.modal.submit()
    assert submission.action == "trouble"
    assert "'nowhere' is no input block" in str(submission.trouble)


def test_a_required_field_left_empty_never_reaches_the_bot(
    slack: SlackSandbox, iris: Person
) -> None:
    open_form(iris)
    submission = iris.modal.submit()
    assert submission.errors == {"Email addresses": "Please complete this required field."}
    assert slack.workspace.log.calls("view_submission") == []


def test_an_external_select_offers_what_the_bot_finds(iris: Person) -> None:
    open_form(iris)
    offered = iris.modal.search("Flower", "iris")
    assert [o["text"]["text"] for o in offered] == ["Iris, blue", "Iris, white"]


def test_slack_does_not_ask_below_the_minimum_query_length(iris: Person) -> None:
    open_form(iris)
    with pytest.raises(NotOnScreenError, match="too short"):
        iris.modal.search("Flower", "i")


def test_more_than_a_hundred_options_are_refused(iris: Person) -> None:
    open_form(iris)
    with pytest.raises(BadAnswerError, match="no more than 100 items"):
        iris.modal.search("Flower", "many")


def test_a_choice_that_the_bot_listens_to_updates_the_modal_at_once(iris: Person) -> None:
    open_form(iris)
    answer = iris.modal.pick("Flower", "Rose, red", search="rose")
    assert answer is not None
    assert answer.ok
    assert "For Rose, red" in iris.modal.text()


def test_an_update_keeps_input_under_the_same_block_id_only(iris: Person) -> None:
    open_form(iris)
    iris.modal.fill("Email addresses", "a@b.test")
    iris.modal.untick("Include")
    iris.modal.press("Refresh")
    assert iris.modal.value("Email addresses") == "a@b.test"
    assert iris.modal.ticked() == ["Include Payment Link"]  # options.v2 is another block


def test_initial_options_are_ignored_while_the_ids_stay(iris: Person) -> None:
    open_form(iris)
    iris.modal.press("Refresh")
    iris.modal.untick("Include Payment Link")
    iris.modal.press("Refresh")
    assert iris.modal.ticked() == []


def test_a_link_button_tells_where_it_leads(iris: Person) -> None:
    open_form(iris)
    answer = iris.modal.press("Open PDF")
    assert (answer.ok, answer.url) == (True, "https://example.test/pdf")


def test_closing_tells_the_bot_that_asked(iris: Person) -> None:
    open_form(iris)
    answer = iris.modal.close()
    assert answer is not None
    assert answer.ok
    with pytest.raises(NotOnScreenError, match="no modal open"):
        iris.modal.submit()


def test_a_button_that_is_gone_cannot_be_pressed(iris: Person) -> None:
    open_form(iris)
    iris.modal.fill("Email addresses", "a@b.test")
    iris.modal.submit()
    sent = iris.messages()[-1]
    iris.press(sent, "undo")
    with pytest.raises(NotOnScreenError, match="0 buttons 'Undo'"):
        iris.press(sent, "Undo")


def test_an_overflow_menu_answers_its_person(slack: SlackSandbox, iris: Person) -> None:
    channel = slack.workspace.channel("#payments")
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    client.chat_postMessage(channel=channel.id, **card("held"))
    answer = iris.choose_overflow(channel.messages[0], "Resend")
    assert answer.text == "Did resend"


def test_an_unknown_action_is_trouble(slack: SlackSandbox, iris: Person) -> None:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    blocks = [{"type": "actions", "elements": [button("Lost", "lost")]}]
    client.chat_postMessage(channel=iris.id, text="Lost", blocks=blocks)
    answer = iris.press(iris.messages()[-1], "Lost")
    assert (answer.status, answer.trouble) == (404, "dispatch_failed")


def test_the_home_tab_shows_what_was_published(iris: Person) -> None:
    assert iris.open_home().ok
    assert iris.home.text() == "Waiting for you"


def test_a_replay_sends_the_same_signed_bytes(slack: SlackSandbox, iris: Person) -> None:
    iris.command("/pay", "help")
    first = iris.last_request
    again = iris.replay()
    assert again.status == 200
    assert again.request is first


def test_a_replayed_trigger_opens_no_second_modal(slack: SlackSandbox, iris: Person) -> None:
    open_form(iris)
    iris.replay()
    errors = [call.answer.get("error") for call in slack.workspace.log.calls("views.open")]
    assert errors == [None, "exchanged_trigger_id"]


def test_an_unsigned_request_is_refused_by_bolt(iris: Person) -> None:
    iris.command("/pay", "help")
    kept = iris.last_request
    bad = {**kept.headers, "X-Slack-Signature": "v0=0"}
    assert iris.send_raw(kept.body, bad).status == 401

"""A small real slack_bolt app, as the bot's place-holder in the tests of the stand-in."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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

    @app.shortcut("find_invoice")
    def find(ack: Ack, shortcut: JSON, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=send_form())


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

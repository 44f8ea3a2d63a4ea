"""/pay: the one command, and the launcher it opens when nothing was typed."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands import view_parts as parts
from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.launcher import parser
from commands.launcher.parser import Typed, Unknown
from commands.launcher.verb import Typing
from commands.launcher.verbs import VERBS, named
from commands.send_invoice import finding
from commands.view_parts import Block
from renderers.mrkdwn import escape

LAUNCH = "pay.launch."


def pay(actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]) -> None:
    typed = parser.parse(str(body.get("text") or ""), [verb.name for verb in VERBS])
    typing = Typing(actor, desk, client, ack, body)
    if isinstance(typed, Unknown):
        _guess(typing, typed)
    elif typed.verb:
        _run(typing, typed)
    else:
        blocks = launcher(actor, desk)
        ack(text="What would you like to do?", blocks=blocks, response_type="ephemeral")


def launch(actor: Actor, desk: Desk, client: WebClient, ack: Ack, body: dict[str, Any]) -> None:
    """A press in the launcher does what the verb does without an argument."""
    verb = str(body["actions"][0]["action_id"]).removeprefix(LAUNCH)
    channel = body.get("channel") or {}
    context = body | {"channel_id": channel.get("id", "")}
    _run(Typing(actor, desk, client, ack, context), Typed(verb))


def launcher(actor: Actor, desk: Desk) -> list[Block]:
    """Buttons for what the person may do."""
    mine = [verb for verb in VERBS if verb.label and verb.is_for(actor, desk)]
    buttons = [parts.button(verb.label, LAUNCH + verb.name) for verb in mine]
    buttons[0]["style"] = "primary"
    return [
        parts.section("*What would you like to do?*"),
        parts.actions("launcher", *buttons),
        parts.context("`/pay help` shows what can be typed."),
    ]


def _run(typing: Typing, typed: Typed) -> None:
    verb = named(typed.verb)
    require(typing.actor, verb.permission)
    verb.run(replace(typing, argument=typed.argument))


def _guess(typing: Typing, unknown: Unknown) -> None:
    """Perhaps a verb misspelled, perhaps a customer's name; else the help is named."""
    require(typing.actor, Permission.SEE_INVOICES)
    word = escape(unknown.text.split()[0])
    if unknown.nearest:
        suggestion = f"I don't know `{word}`. Did you mean `/pay {unknown.nearest}`?"
        typing.ack(text=suggestion, response_type="ephemeral")
    elif finding.meant(typing.desk, unknown.text):
        _run(typing, Typed("invoice", unknown.text, guessed=True))
    else:
        text = (
            f"I know no verb, customer or invoice called {escape(unknown.text)!r}."
            " `/pay help` shows what can be typed."
        )
        typing.ack(text=text, response_type="ephemeral")

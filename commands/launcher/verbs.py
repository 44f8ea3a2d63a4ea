"""The verbs of /pay that exist: each new act adds its row, the launcher and the help follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor, Permission
from commands.desk import Desk
from commands.send_invoice import listener as send_invoice


@dataclass(frozen=True, slots=True)
class Typing:
    """A command, or a press in the launcher, with everything a verb's listener may need."""

    actor: Actor
    desk: Desk
    client: WebClient
    ack: Ack
    body: dict[str, Any]
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    hint: str  # the argument, as in the usage
    does: str  # completes "… to"
    label: str  # of its button in the launcher; "" for none
    permission: Permission
    run: Callable[[Typing], None]


def _invoice(typing: Typing) -> None:
    send_invoice.open_form(
        typing.actor, typing.desk, typing.client, typing.body, typing.argument
    )
    typing.ack()


def _help(typing: Typing) -> None:
    from commands.launcher import help_text

    typing.ack(text=help_text.usage(typing.actor, VERBS), response_type="ephemeral")


VERBS: tuple[Verb, ...] = (
    Verb(
        "invoice",
        "[number, PO or customer]",
        "mail an invoice, with or without its Payment Link",
        "Send an invoice",
        Permission.SEND_INVOICE,
        _invoice,
    ),
    Verb("help", "", "see this list", "", Permission.SEE_INVOICES, _help),
)


def named(name: str) -> Verb:
    return next(verb for verb in VERBS if verb.name == name)

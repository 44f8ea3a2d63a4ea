"""What a verb of /pay is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor, Permission
from commands.desk import Desk


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

"""What a verb of /pay is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from commands.access import Actor, Permission
from commands.desk import Desk, Policy


@dataclass(frozen=True, slots=True)
class Typing:
    """A command, or a press in the launcher, with everything a verb's listener may need."""

    actor: Actor
    desk: Desk
    client: WebClient
    ack: Ack
    body: dict[str, Any]
    argument: str = ""


def always(_: Policy) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    hint: str  # the argument, as in the usage
    does: str  # completes "… to"
    label: str  # of its button in the launcher; "" for none
    permission: Permission
    run: Callable[[Typing], None]
    offered: Callable[[Policy], bool] = always  # whether the company uses it

    def is_for(self, actor: Actor, desk: Desk) -> bool:
        """Whether the launcher and the help name it to this person."""
        return actor.may(self.permission) and self.offered(desk.policy)

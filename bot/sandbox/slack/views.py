"""Open modals, one stack of at most three per person, and home tabs."""

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.element_kinds import INTERACTIVE
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.input_state import initial_state, is_input

JSON = dict[str, Any]
Key = tuple[str, str]  # block_id, action_id
DEPTH = 3
DEFAULTS: JSON = {
    "private_metadata": "",
    "callback_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "close": None,
    "submit": None,
    "external_id": "",
}


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """Copy blocks and give names to those that have none, as Slack does."""
    named = copy.deepcopy(blocks)
    for block in named:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            if element.get("type") in INTERACTIVE:
                element.setdefault("action_id", secrets.token_urlsafe(4))
        if "child_blocks" in block:
            block["child_blocks"] = with_ids(block["child_blocks"])
    return named


@dataclass(eq=False)  # two views may look the same
class OpenView:
    """A modal or home tab as it is on the screen, with what was typed into it."""

    person_id: str
    view: JSON
    channel_id: str | None = None
    root_id: str = ""
    previous_id: str | None = None
    id: str = field(default_factory=lambda: f"V{secrets.token_hex(5).upper()}")
    hash: str = ""
    state: dict[Key, JSON] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # block_id: sentence

    def __post_init__(self) -> None:
        self.root_id = self.root_id or self.id
        self.show(self.view)

    def show(self, view: JSON) -> None:
        """Draw another content; what was typed stays where block_id and action_id are the same.

        For these, initial values of the new content are ignored: that is what Slack does.
        """
        self.view = {**view, "blocks": with_ids(view["blocks"])}
        self.hash = f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
        self.errors = {}
        self.state = {
            (block["block_id"], element["action_id"]): self._held(block, element)
            for block, element in self.inputs()
        }

    def _held(self, block: JSON, element: JSON) -> JSON:
        kept = self.state.get((block["block_id"], element["action_id"]))
        if kept is not None and kept["type"] == element["type"]:
            return kept
        return initial_state(element, self.channel_id)

    def inputs(self) -> list[tuple[JSON, JSON]]:
        """Return (block, element) for each element that holds a value, from top to bottom."""
        blocks = self.view["blocks"]
        return [(block, e) for block in blocks for e in elements_of(block) if is_input(e)]

    def values(self) -> dict[str, dict[str, JSON]]:
        values: dict[str, dict[str, JSON]] = {}
        for (block_id, action_id), state in self.state.items():
            values.setdefault(block_id, {})[action_id] = copy.deepcopy(state)
        return values

    def payload(self, team_id: str) -> JSON:
        """The `view` object of Slack's answers and payloads."""
        content = {**DEFAULTS, **copy.deepcopy(self.view)}
        return {
            **content,
            "id": self.id,
            "team_id": team_id,
            "state": {"values": self.values()},
            "hash": self.hash,
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": "A0SANDBOX",
            "app_installed_team_id": team_id,
            "bot_id": "B0SANDBOX",
        }


class Views:
    """Everything that is open; the caller holds the workspace's lock."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}

    def top(self, person_id: str) -> OpenView | None:
        stack = self.stacks.get(person_id)
        return stack[-1] if stack else None

    def open(self, person_id: str, view: JSON, channel_id: str | None) -> OpenView:
        opened = OpenView(person_id, view, channel_id)
        self.stacks[person_id] = [opened]
        return opened

    def push(self, person_id: str, view: JSON) -> OpenView:
        stack = self.stacks.get(person_id, [])
        if not stack:
            raise SlackError("not_found", "no modal is open")
        if len(stack) >= DEPTH:
            raise SlackError("push_limit_reached")
        below = stack[-1]
        pushed = OpenView(person_id, view, below.channel_id, below.root_id, below.id)
        stack.append(pushed)
        return pushed

    def find(self, *, view_id: object = None, external_id: object = None) -> OpenView:
        """Return an open view by its id or the app's name for it, else raise SlackError."""
        shown = [view for stack in self.stacks.values() for view in stack]
        for view in [*shown, *self.homes.values()]:
            named = external_id and view.view.get("external_id") == external_id
            if view.id == view_id or named:
                return view
        raise SlackError("not_found")

    def publish(self, person_id: str, view: JSON) -> OpenView:
        home = self.homes.get(person_id)
        if home is None:
            home = self.homes[person_id] = OpenView(person_id, view)
        else:
            home.show(view)
        return home

    def close(self, view: OpenView) -> None:
        """Take a modal and whatever lies above it from the screen."""
        stack = self.stacks.get(view.person_id, [])
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, person_id: str) -> None:
        self.stacks.pop(person_id, None)

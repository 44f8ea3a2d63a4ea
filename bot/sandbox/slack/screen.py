"""What a person reads on a modal or home tab."""

from typing import Any

from bot.sandbox.slack.blocks import texts
from bot.sandbox.slack.directory import Member
from bot.sandbox.slack.fields import field_named, fields_of
from bot.sandbox.slack.input_state import value_of
from bot.sandbox.slack.messages import elements_in
from bot.sandbox.slack.submission import labelled
from bot.sandbox.slack.transport import Transport
from bot.sandbox.slack.views import OpenView

JSON = dict[str, Any]


class Screen:
    """One view; it follows the view when the bot changes it."""

    def __init__(self, transport: Transport, member: Member, view: OpenView) -> None:
        self._transport = transport
        self._member = member
        self._view = view

    @property
    def view_id(self) -> str:
        return self._view.id

    @property
    def title(self) -> str:
        return str(self._view.view["title"]["text"])

    @property
    def callback_id(self) -> str:
        return str(self._view.view.get("callback_id", ""))

    @property
    def blocks(self) -> list[JSON]:
        blocks: list[JSON] = self._view.view["blocks"]
        return blocks

    @property
    def submit_text(self) -> str | None:
        """The words on the submit button."""
        submit = self._view.view.get("submit")
        return str(submit["text"]) if submit else None

    @property
    def labels(self) -> list[str]:
        return [field.label for field in fields_of(self._view)]

    @property
    def buttons(self) -> list[str]:
        return [button["text"]["text"] for _, button in elements_in(self.blocks, "button")]

    @property
    def errors(self) -> dict[str, str]:
        """Sentences under the fields, by label."""
        return labelled(self._view, self._view.errors)

    @property
    def is_open(self) -> bool:
        """Whether this view can be acted on: a home tab, or the top of the stack."""
        views = self._transport.workspace.views
        with self._transport.workspace.lock:
            is_home = views.homes.get(self._member.id) is self._view
            return is_home or views.top(self._member.id) is self._view

    def text(self) -> str:
        """Everything that can be read, one text per line."""
        return "\n".join(texts({**self._view.view, "private_metadata": ""}))

    def value(self, label: str) -> Any:
        """What a field holds: text, an option's text, a list of option texts, or None."""
        with self._transport.workspace.lock:
            held = value_of(self._view.state[field_named(self._view, label).key])
        if isinstance(held, dict):
            return held["text"]["text"]
        if isinstance(held, list):
            return [item["text"]["text"] if isinstance(item, dict) else item for item in held]
        return held

    def options(self, label: str) -> list[str]:
        found = field_named(self._view, label).options()
        return [str(option["text"]["text"]) for option in found]

    def ticked(self) -> list[str]:
        """The texts of all ticked check boxes."""
        states = [s for s in self._view.state.values() if s["type"] == "checkboxes"]
        return [str(o["text"]["text"]) for state in states for o in state["selected_options"]]

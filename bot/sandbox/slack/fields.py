"""Finding things on the screen by what they are called, as a person does."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.slack.composition import all_options
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.views import OpenView

JSON = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Field:
    """An element that holds a value, in its block."""

    block: JSON
    element: JSON

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def label(self) -> str:
        """The words beside it: the label, the section's text, or the placeholder."""
        if self.block["type"] == "input":
            return str(self.block["label"]["text"])
        if "text" in self.block:
            return str(self.block["text"]["text"])
        return str(self.element.get("placeholder", {}).get("text", self.element["action_id"]))

    @property
    def acts_at_once(self) -> bool:
        """Whether the bot hears of each change (block_actions)."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    def options(self) -> list[JSON]:
        return all_options(self.element)


def fields_of(view: OpenView) -> list[Field]:
    return [Field(block, element) for block, element in view.inputs()]


def choose(candidates: Iterable[tuple[str, T]], wanted: str, *, what: str) -> T:
    """Return the one candidate called `wanted`, else the one that starts with or contains it.

    NotOnScreenError names what is there instead.
    """
    named = list(candidates)
    sought = wanted.rstrip("… ").casefold()
    exact = [item for name, item in named if name.casefold() == wanted.casefold()]
    begins = [item for name, item in named if name.casefold().startswith(sought)]
    within = [item for name, item in named if sought in name.casefold()]
    for found in (exact, begins, within):
        if len(found) == 1:
            return found[0]
        if found:
            raise NotOnScreenError(f"{len(found)} times {what} {wanted!r}")
    seen = ", ".join(repr(name) for name, _ in named) or "nothing of that kind"
    raise NotOnScreenError(f"no {what} {wanted!r}; on the screen: {seen}")


def field_named(view: OpenView, name: str, kinds: Iterable[str] = ()) -> Field:
    """Find an input by its label or action_id; `kinds` empty: of any type."""
    wanted = set(kinds)
    found = [f for f in fields_of(view) if not wanted or f.kind in wanted]
    for field in found:
        if field.element["action_id"] == name:
            return field
    return choose(((f.label, f) for f in found), name, what="field")


def option_named(options: list[JSON], name: str) -> JSON:
    return choose(((option["text"]["text"], option) for option in options), name, what="option")

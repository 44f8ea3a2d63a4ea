"""Messages as people see them, with every version that was ever shown."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import elements_of, texts
from bot.sandbox.slack.errors import NotOnScreenError

JSON = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """What a message says: `text` is the fallback, `blocks` what is drawn."""

    text: str = ""
    blocks: tuple[JSON, ...] = ()
    metadata: JSON | None = None


@dataclass(eq=False)  # two messages may say the same
class Message:
    """A message; `history` holds earlier contents, oldest first.

    `only_for` names the one person who sees an ephemeral message.
    """

    channel: str
    ts: str
    author: str
    content: Content
    team: str = ""
    is_from_bot: bool = True
    thread_ts: str | None = None
    only_for: str | None = None
    edited: str | None = None
    deleted: bool = False
    history: list[Content] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def blocks(self) -> list[JSON]:
        return list(self.content.blocks)

    @property
    def metadata(self) -> JSON | None:
        return self.content.metadata

    def visible_text(self) -> str:
        """Everything that can be read on the screen: the blocks, or the text without blocks."""
        return "\n".join(texts(self.blocks)) if self.content.blocks else self.text

    def replace(self, content: Content, edited: str) -> None:
        self.history.append(self.content)
        self.content = content
        self.edited = edited

    def elements(self, kind: str) -> list[tuple[JSON, JSON]]:
        """Return (block, element) for each element of type `kind`."""
        return elements_in(self.blocks, kind)

    def button(self, name: str) -> tuple[JSON, JSON]:
        """Return (block, element) of the button with this text or action_id."""
        if self.deleted:
            raise NotOnScreenError("the message was deleted")
        return find_button(self.blocks, name)

    def payload(self) -> JSON:
        """The `message` object of Slack's payloads."""
        body: JSON = {"type": "message", "user": self.author, "ts": self.ts, "text": self.text}
        body["team"] = self.team
        if self.is_from_bot:
            body |= {"bot_id": "B0SANDBOX", "app_id": "A0SANDBOX"}
        if self.content.blocks:
            body["blocks"] = self.blocks
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.edited:
            body["edited"] = {"user": self.author, "ts": self.edited}
        if self.metadata:
            body["metadata"] = self.metadata
        return body


def elements_in(blocks: list[JSON], kind: str) -> list[tuple[JSON, JSON]]:
    """Return (block, element) for each element of type `kind`; cards and containers included."""
    found = []
    for block in blocks:
        found += [(block, e) for e in elements_of(block) if e.get("type") == kind]
        inner = [*block.get("child_blocks", []), *_cards(block)]
        found += elements_in(inner, kind)
    return found


def _cards(block: JSON) -> list[JSON]:
    return list(block["elements"]) if block["type"] == "carousel" else []


def find_button(blocks: list[JSON], name: str) -> tuple[JSON, JSON]:
    """Find one button by its text or action_id; NotOnScreenError if there is none or several."""
    buttons = elements_in(blocks, "button")
    found = [pair for pair in buttons if name in (pair[1]["text"]["text"], pair[1]["action_id"])]
    if len(found) != 1:
        seen = ", ".join(repr(button["text"]["text"]) for _, button in buttons) or "no buttons"
        raise NotOnScreenError(f"{len(found)} buttons {name!r}; on the screen: {seen}")
    return found[0]


def find_overflow(blocks: list[JSON], choice: str) -> tuple[JSON, JSON, JSON]:
    """Return (block, element, option) of the overflow menu entry with this text."""
    menus = elements_in(blocks, "overflow")
    entries = [(block, menu, option) for block, menu in menus for option in menu["options"]]
    found = [entry for entry in entries if entry[2]["text"]["text"] == choice]
    if len(found) != 1:
        raise NotOnScreenError(f"{len(found)} menu entries {choice!r}")
    return found[0]

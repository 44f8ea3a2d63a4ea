"""What a person does on the page, done to the stand-in, which tells the bot as Slack would."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.page.scene import JSON, Scene
from bot.sandbox.slack import payloads
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.keyed import Key, KeyedModal, element_at
from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.modal import offered
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.transport import Answer


class Hands:
    """One person at the page. Each act returns what the page has to show at once."""

    def __init__(self, scene: Scene, person_id: str) -> None:
        self._slack = scene.slack
        self._workspace = scene.slack.workspace
        self._person = scene.slack.person(person_id)

    @property
    def person(self) -> Person:
        return self._person

    def type(self, asked: JSON) -> JSON:
        """What stands in the composer: a command, or words for the others."""
        text, channel = str(asked["text"]).strip(), str(asked["channel"])
        if not text.startswith("/"):
            where = self._workspace.channel(channel)
            thread = asked.get("thread_ts")
            self._workspace.post(
                where, Content(payloads.as_sent(text)), author=self._person.id, thread_ts=thread
            )
            return {}
        name, _, rest = text.partition(" ")
        return _told(self._person.command(name, rest.strip(), channel=channel))

    def press(self, asked: JSON) -> JSON:
        """An element of a message; `chosen` is what it holds after the act."""
        message = self._message(asked)
        block, element = element_at(message.blocks, _key(asked))
        act = payloads.action(block, element, asked.get("chosen") or {})
        payload = payloads.in_message(self._slack.transport, self._person.member, message, act)
        return _told(self._slack.transport.send_payload(payload))

    def tell(self, asked: JSON) -> JSON:
        """An element of a view, after what was typed beside it."""
        view = self._view(asked)
        return _told(view.tell(_key(asked), asked.get("chosen")))

    def hold(self, asked: JSON) -> JSON:
        self._view(asked)
        return {}

    def search(self, asked: JSON) -> JSON:
        view = self._view(asked)
        return {"options": view.suggestions(_key(asked), str(asked["typed"]))}

    def search_message(self, asked: JSON) -> JSON:
        message = self._message(asked)
        place = element_at(message.blocks, _key(asked))
        typed, transport = str(asked["typed"]), self._slack.transport
        who = self._person.member
        payload = payloads.suggestion_in_message(transport, who, message, place, typed)
        return {"options": offered(transport.send_payload(payload))}

    def submit(self, asked: JSON) -> JSON:
        done = self._view(asked).submit()
        self._workspace.touch()
        return {"action": done.action, "trouble": done.trouble}

    def close(self, asked: JSON) -> JSON:
        answer = self._view(asked).close()
        return {} if answer is None else _told(answer)

    def home(self, _asked: JSON) -> JSON:
        return _told(self._person.open_home())

    def shortcut(self, asked: JSON) -> JSON:
        return _told(self._person.shortcut(str(asked["callback_id"])))

    def message_shortcut(self, asked: JSON) -> JSON:
        message = self._message(asked)
        return _told(self._person.message_shortcut(message, str(asked["callback_id"])))

    def dismiss(self, asked: JSON) -> JSON:
        """An ephemeral message is taken off the screen; the bot hears nothing of it."""
        message = self._message(asked)
        if message.only_for is None:
            raise NotOnScreenError("everybody sees this message")
        self._workspace.delete(message)
        return {}

    def _message(self, asked: JSON) -> Message:
        with self._workspace.lock:
            channel = self._workspace.channel(str(asked["channel"]))
            whispers = [m for m in self._workspace.ephemerals if m.only_for == self._person.id]
            for message in [*channel.messages, *whispers]:
                if message.ts == asked["ts"] and channel.has(self._person.id):
                    return message
        raise NotOnScreenError("this message is not there any more")

    def _view(self, asked: JSON) -> KeyedModal:
        with self._workspace.lock:
            view = self._workspace.views.find(view_id=asked["view_id"])
        if view.person_id != self._person.id:
            raise NotOnScreenError("this view belongs to somebody else")
        modal = KeyedModal(self._slack.transport, self._person.member, view)
        modal.hold(asked.get("values") or {})
        return modal


def _key(asked: JSON) -> Key:
    return str(asked["block_id"]), str(asked["action_id"])


def _told(answer: Answer) -> JSON:
    return {"trouble": answer.trouble, "status": answer.status}


ACTS: dict[str, Callable[[Hands, JSON], Any]] = {
    "type": Hands.type,
    "press": Hands.press,
    "tell": Hands.tell,
    "hold": Hands.hold,
    "search": Hands.search,
    "search_message": Hands.search_message,
    "submit": Hands.submit,
    "close": Hands.close,
    "home": Hands.home,
    "dismiss": Hands.dismiss,
    "shortcut": Hands.shortcut,
    "message_shortcut": Hands.message_shortcut,
}

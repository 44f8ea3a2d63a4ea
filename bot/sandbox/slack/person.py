"""What a person does in Slack, as requests to the bot."""

import secrets
from dataclasses import replace

from bot.sandbox.slack import payloads
from bot.sandbox.slack.arguments import JSON
from bot.sandbox.slack.call_log import parsed
from bot.sandbox.slack.directory import Member
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.messages import Content, Message, find_overflow
from bot.sandbox.slack.modal import Modal
from bot.sandbox.slack.response_posts import apply_response
from bot.sandbox.slack.response_urls import ResponseUrl
from bot.sandbox.slack.transport import FORM, Answer, SignedRequest, Transport


class Person:
    """A member of the workspace who acts; any number of these may stand for one member."""

    def __init__(self, transport: Transport, member: Member) -> None:
        self._transport = transport
        self._workspace = transport.workspace
        self.member = member

    @property
    def id(self) -> str:
        return self.member.id

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def modal(self) -> Modal:
        """The modal on top; NotOnScreenError if none is open."""
        with self._workspace.lock:
            view = self._workspace.views.top(self.id)
        if view is None:
            raise NotOnScreenError(f"{self.name} has no modal open")
        return Modal(self._transport, self.member, view)

    @property
    def has_modal(self) -> bool:
        with self._workspace.lock:
            return self._workspace.views.top(self.id) is not None

    @property
    def home(self) -> Modal:
        """The home tab as it was last published; NotOnScreenError before that."""
        with self._workspace.lock:
            view = self._workspace.views.homes.get(self.id)
        if view is None:
            raise NotOnScreenError(f"nothing was published to the home tab of {self.name}")
        return Modal(self._transport, self.member, view)

    def messages(self) -> list[Message]:
        """The person's direct messages with the bot, oldest first, replies included."""
        with self._workspace.lock:
            return list(self._workspace.direct_messages(self.id).messages)

    def ephemerals(self) -> list[Message]:
        """What only this person was shown, oldest first."""
        with self._workspace.lock:
            return [m for m in self._workspace.ephemerals if m.only_for == self.id]

    def wait_for_message(self, wanted: str, timeout: float = 5.0) -> Message:
        """Return the newest direct message that says `wanted`, as soon as there is one."""

        def found() -> Message | None:
            said = [m for m in self.messages() if wanted in f"{m.text}\n{m.visible_text()}"]
            return said[-1] if said else None

        message = self._workspace.wait_for(found, timeout)
        assert isinstance(message, Message)
        return message

    def say(self, channel: str, text: str) -> Message:
        """Write a message as this person; the bot does not hear of it."""
        where = self._workspace.channel(channel)
        return self._workspace.post(where, Content(payloads.as_sent(text)), author=self.id)

    def command(self, name: str, text: str = "", *, channel: str | None = None) -> Answer:
        """Type a slash command in `channel` ("#name"; default: the direct messages)."""
        own = self._workspace.direct_messages(self.id)
        where = own if channel is None else self._workspace.channel(channel)
        values = payloads.command(self._transport, self.member, where.id, name, text)
        return self._judged_command(where.id, self._transport.send_command(values))

    def _judged_command(self, channel_id: str, answer: Answer) -> Answer:
        """Show what the body of the answer says, or fail the answer as Slack would."""
        said = parsed(answer.body.strip())
        if answer.trouble is not None or said == "":
            return answer
        body: JSON = said if isinstance(said, dict) else {"text": answer.body}
        target = ResponseUrl(self.id, channel_id, None)
        try:
            with self._workspace.lock:
                shown = apply_response(self._workspace, target, body)
        except SlackError as error:
            return replace(answer, trouble=f"invalid_command_response: {error}")
        return replace(answer, shown=[*answer.shown, shown] if shown else answer.shown)

    def press(self, message: Message, name: str) -> Answer:
        """Press a button of a message by its text or action_id; a confirmation is accepted.

        NotOnScreenError if the message does not have it now.
        """
        block, button = message.button(name)
        act = payloads.action(block, button, {})
        return self._act(message, act, button.get("url"))

    def choose_overflow(self, message: Message, choice: str) -> Answer:
        """Choose an entry of a message's overflow menu by its text."""
        block, menu, option = find_overflow(message.blocks, choice)
        act = payloads.action(block, menu, {"selected_option": option})
        return self._act(message, act, option.get("url"))

    def _act(self, message: Message, act: JSON, link: str | None) -> Answer:
        if message.deleted or message.only_for not in (None, self.id):
            raise NotOnScreenError(f"{self.name} does not see this message")
        payload = payloads.in_message(self._transport, self.member, message, act)
        return self._transport.send_payload(payload, link=link)

    def shortcut(self, callback_id: str) -> Answer:
        """Use a global shortcut."""
        return self._transport.send_payload(
            payloads.global_shortcut(self._transport, self.member, callback_id)
        )

    def message_shortcut(self, message: Message, callback_id: str) -> Answer:
        """Use a shortcut from a message's menu."""
        return self._transport.send_payload(
            payloads.message_shortcut(self._transport, self.member, message, callback_id)
        )

    def open_home(self) -> Answer:
        """Open the bot's home tab; what it publishes is `home`."""
        channel = self._workspace.direct_messages(self.id)
        event: JSON = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": self._workspace.next_ts(),
        }
        return self.event(event)

    def event(self, event: JSON, *, event_id: str | None = None, retry: int = 0) -> Answer:
        """Send an event about this person; the same `event_id` again is a repetition."""
        name = event_id or f"Ev{secrets.token_hex(5).upper()}"
        return self._transport.send_event(event, event_id=name, retry=retry)

    @property
    def last_request(self) -> SignedRequest:
        """The last request that this person caused; KeyError if there is none."""
        return self._transport.last_requests[self.id]

    def replay(self, request: SignedRequest | None = None) -> Answer:
        """Send the very same signed bytes again (default: the last request)."""
        return self._transport.send(request or self.last_request)

    def send_signed(self, body: bytes, content_type: str = FORM) -> Answer:
        """Send any body with a good signature."""
        return self._transport.send(self._transport.sign("raw", body, content_type))

    def send_raw(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Send exactly this, unsigned unless `headers` sign it."""
        return self._transport.send(SignedRequest("raw", body, headers))

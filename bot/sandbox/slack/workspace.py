"""The state of the stand-in: one Slack workspace with its people, conversations and modals."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from bot.sandbox.slack.call_log import CallLog
from bot.sandbox.slack.directory import Channel, Member
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.triggers import LIFETIME_SECONDS, Triggers
from bot.sandbox.slack.views import Views, with_ids

JSON = dict[str, Any]
BOT = "U0SANDBOX"
POLL_SECONDS = 0.05


class MemberFlags(TypedDict, total=False):
    """What may be said of a person; `is_stranger`: belongs to another company."""

    is_bot: bool
    deleted: bool
    is_restricted: bool
    is_stranger: bool
    team_id: str
    tz: str


class ChannelFlags(TypedDict, total=False):
    """What may be said of a channel; `members` None: everyone."""

    is_private: bool
    is_ext_shared: bool
    is_archived: bool
    bot_is_member: bool
    members: set[str] | None


@dataclass(frozen=True)
class Team:
    id: str = "T0SANDBOX"
    name: str = "Blossom & Stem"
    domain: str = "blossom-and-stem"


class Workspace:
    """Safe to use from any thread: every method takes `lock`.

    `changed` is notified after each change, `version` counts them.
    """

    def __init__(self, trigger_lifetime: float = LIFETIME_SECONDS) -> None:
        self.team = Team()
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self.people: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Message] = []
        self.views = Views()
        self.triggers = Triggers(trigger_lifetime)
        self.response_urls = ResponseUrls()
        self.log = CallLog()
        self.faults = Faults()
        self._newest_ts = 0
        self.add_person(BOT, "Payment Links", "", is_bot=True)

    def add_person(
        self, person_id: str, name: str, email: str, **flags: Unpack[MemberFlags]
    ) -> Member:
        """Add a person under an id such as "U0IRIS"."""
        values: MemberFlags = {"team_id": self.team.id, **flags}
        member = Member(person_id, name, email, **values)
        with self.lock:
            self.people[person_id] = member
            self.touch()
        return member

    def add_channel(self, name: str, **flags: Unpack[ChannelFlags]) -> Channel:
        """Add a channel named as in "#payments"."""
        with self.lock:
            plain = name.removeprefix("#")
            channel_id = f"C0{len(self.channels):08d}"
            channel = self.channels[channel_id] = Channel(channel_id, plain, **flags)
            self.touch()
        return channel

    def touch(self) -> None:
        """Tell those who wait that something changed."""
        with self.lock:
            self.version += 1
            self.changed.notify_all()

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:
        """Return the predicate's first true value; TimeoutError after `timeout` seconds.

        The predicate may look at other things too: it is asked at each change and every 50 ms.
        """
        deadline = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s")
            with self.changed:
                self.changed.wait(POLL_SECONDS)
        return value

    def channel(self, name: str) -> Channel:
        """Find a channel by "#name" or id; SlackError channel_not_found."""
        with self.lock:
            for channel in self.channels.values():
                if name == channel.id or name.removeprefix("#") == channel.name:
                    return channel
        raise SlackError("channel_not_found")

    def channel_by_id(self, channel_id: object) -> Channel:
        """Like `channel`, for the methods that take no name."""
        with self.lock:
            if isinstance(channel_id, str) and channel_id in self.channels:
                return self.channels[channel_id]
        raise SlackError("channel_not_found")

    def member(self, person_id: object) -> Member:
        with self.lock:
            if isinstance(person_id, str) and person_id in self.people:
                return self.people[person_id]
        raise SlackError("user_not_found")

    def direct_messages(self, person_id: str) -> Channel:
        """Return the conversation of this person with the bot, opened if need be."""
        with self.lock:
            self.member(person_id)
            for channel in self.channels.values():
                if channel.person_id == person_id:
                    return channel
            channel_id = f"D0{len(self.channels):08d}"
            channel = Channel(channel_id, f"dm-{person_id}", person_id=person_id)
            self.channels[channel_id] = channel
            return channel

    def next_ts(self) -> str:
        """Slack's message id: the time in microseconds, unique and increasing."""
        with self.lock:
            self._newest_ts = max(self._newest_ts + 1, time.time_ns() // 1000)
            return f"{self._newest_ts // 1_000_000}.{self._newest_ts % 1_000_000:06d}"

    def post(
        self, channel: Channel, content: Content, *, author: str = BOT, thread_ts: str | None = None
    ) -> Message:
        with self.lock:
            message = self._message(channel, content, author)
            message.thread_ts = thread_ts
            channel.messages.append(message)
            self.touch()
        return message

    def whisper(self, channel: Channel, content: Content, person_id: str) -> Message:
        """Show a message to one person only."""
        with self.lock:
            message = self._message(channel, content, BOT)
            message.only_for = person_id
            self.ephemerals.append(message)
            self.touch()
        return message

    def _message(self, channel: Channel, content: Content, author: str) -> Message:
        named = Content(content.text, tuple(with_ids(list(content.blocks))), content.metadata)
        is_bot = self.people[author].is_bot
        return Message(channel.id, self.next_ts(), author, named, self.team.id, is_bot)

    def edit(self, message: Message, content: Content) -> None:
        with self.lock:
            blocks = tuple(with_ids(list(content.blocks)))
            metadata = content.metadata or message.metadata
            message.replace(Content(content.text, blocks, metadata), self.next_ts())
            self.touch()

    def delete(self, message: Message) -> None:
        with self.lock:
            message.deleted = True
            for channel in self.channels.values():
                if message in channel.messages:
                    channel.messages.remove(message)
            if message in self.ephemerals:
                self.ephemerals.remove(message)
            self.touch()

    def find_message(self, channel: Channel, ts: object) -> Message:
        """SlackError message_not_found if there is none, or only an ephemeral one."""
        with self.lock:
            for message in channel.messages:
                if message.ts == ts:
                    return message
        raise SlackError("message_not_found")

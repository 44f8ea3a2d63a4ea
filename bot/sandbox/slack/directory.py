"""Who and where: the people and the conversations of a workspace."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.messages import Message

JSON = dict[str, Any]


@dataclass
class Member:
    """A person or bot as Slack knows it; `is_restricted` is a guest, `team_id` the home team."""

    id: str
    name: str
    email: str
    team_id: str
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    tz: str = "Etc/UTC"

    @property
    def username(self) -> str:
        return self.email.partition("@")[0] or self.name.lower().replace(" ", ".")

    def payload(self) -> JSON:
        """The `user` object of users.info."""
        profile: JSON = {"real_name": self.name, "display_name": self.name, "team": self.team_id}
        if self.email and not self.is_stranger:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.username,
            "deleted": self.deleted,
            "real_name": self.name,
            "tz": self.tz,
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "is_app_user": False,
            "updated": 0,
        }


@dataclass
class Channel:
    """A conversation with all its messages, replies in threads included, oldest first.

    `members` None: everyone. `person_id` is set for the direct messages of one person and the bot.
    """

    id: str
    name: str
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    bot_is_member: bool = True
    members: set[str] | None = None
    person_id: str | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return self.person_id is not None

    @property
    def title(self) -> str:
        return "directmessage" if self.is_im else self.name

    def has(self, person_id: str) -> bool:
        if self.is_im:
            return person_id == self.person_id
        return self.members is None or person_id in self.members

    def thread(self, parent: Message) -> list[Message]:
        """The replies under `parent`, oldest first."""
        return [m for m in self.messages if m.thread_ts == parent.ts and m.ts != parent.ts]

    def payload(self) -> JSON:
        """The `channel` object of conversations.info."""
        common: JSON = {"id": self.id, "is_im": self.is_im, "is_archived": self.is_archived}
        if self.is_im:
            return {**common, "user": self.person_id, "is_org_shared": False}
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_private": self.is_private,
            "is_mpim": False,
            "is_member": self.bot_is_member,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "num_members": len(self.members or ()),
        }

"""The whole workspace as one person sees it, as JSON for a page."""

from dataclasses import asdict
from typing import Any

from bot.sandbox.slack.directory import Channel
from bot.sandbox.slack.views import OpenView
from bot.sandbox.slack.workspace import Workspace

JSON = dict[str, Any]


def snapshot(workspace: Workspace, person_id: str) -> JSON:
    """Messages, modals and home are the objects that Slack would send.

    `version` grows with each change: ask again when it has. `modals` are listed from the bottom;
    the last one is on the screen. `calls` are the newest 50, oldest first.
    """
    with workspace.lock:
        home = workspace.views.homes.get(person_id)
        modals = workspace.views.stacks.get(person_id, [])
        return {
            "version": workspace.version,
            "person": workspace.member(person_id).payload(),
            "people": [member.payload() for member in workspace.people.values()],
            "channels": _channels(workspace, person_id),
            "modals": [_view(workspace, view) for view in modals],
            "home": None if home is None else _view(workspace, home),
            "calls": [asdict(call) for call in workspace.log.calls()[-50:]],
        }


def _view(workspace: Workspace, view: OpenView) -> JSON:
    return {**view.payload(workspace.team.id), "errors": dict(view.errors)}


def _channels(workspace: Workspace, person_id: str) -> list[JSON]:
    seen = [c for c in workspace.channels.values() if c.has(person_id)]
    return [_channel(workspace, channel, person_id) for channel in seen]


def _channel(workspace: Workspace, channel: Channel, person_id: str) -> JSON:
    whispers = [m for m in workspace.ephemerals if m.only_for == person_id]
    mine = [m for m in whispers if m.channel == channel.id]
    shown = sorted([*channel.messages, *mine], key=lambda message: message.ts)
    messages = [{**m.payload(), "is_ephemeral": m.only_for is not None} for m in shown]
    return {**channel.payload(), "title": channel.title, "messages": messages}

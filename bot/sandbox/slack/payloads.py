"""The payloads that Slack sends when people press, type and choose."""

import time
from typing import Any

from bot.sandbox.slack.directory import Member
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.transport import Transport
from bot.sandbox.slack.views import OpenView

JSON = dict[str, Any]


def as_sent(typed: str) -> str:
    """What somebody typed, as Slack passes it on: its three special characters are escaped."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def common(transport: Transport, member: Member, kind: str) -> JSON:
    """What every interactive payload has."""
    team = transport.workspace.team
    return {
        "type": kind,
        "team": {"id": team.id, "domain": team.domain},
        "user": {
            "id": member.id,
            "username": member.username,
            "name": member.username,
            "team_id": member.team_id,
        },
        "api_app_id": "A0SANDBOX",
        "token": transport.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def trigger(
    transport: Transport, member: Member, channel_id: str | None, view_id: str | None = None
) -> str:
    with transport.workspace.lock:
        return transport.workspace.triggers.issue(member.id, channel_id, view_id)


def response_url(
    transport: Transport, member: Member, channel_id: str, message_ts: str | None = None
) -> str:
    with transport.workspace.lock:
        path = transport.workspace.response_urls.issue(member.id, channel_id, message_ts)
    return f"{transport.own_url}{path}"


def command(
    transport: Transport, member: Member, channel_id: str, name: str, text: str
) -> dict[str, str]:
    """The form fields of a slash command after which `text` was typed."""
    team = transport.workspace.team
    return {
        "token": transport.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel_id,
        "channel_name": transport.workspace.channel(channel_id).title,
        "user_id": member.id,
        "user_name": member.username,
        "command": name,
        "text": as_sent(text),
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
        "response_url": response_url(transport, member, channel_id),
        "trigger_id": trigger(transport, member, channel_id),
    }


def action(block: JSON, element: JSON, chosen: JSON) -> JSON:
    """One entry of `actions`; `chosen` is what the element holds now."""
    shown: JSON = {
        name: element[name]
        for name in ("text", "value", "style", "url", "placeholder", "confirm")
        if name in element
    }
    names = {"action_id": element["action_id"], "block_id": block["block_id"]}
    moment = f"{time.time():.6f}"
    return {**shown, **names, "type": element["type"], "action_ts": moment, **chosen}


def _message_container(message: Message) -> JSON:
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    return {**container, "thread_ts": message.thread_ts} if message.thread_ts else container


def in_message(transport: Transport, member: Member, message: Message, act: JSON) -> JSON:
    """block_actions from a message, ephemeral or not."""
    channel = transport.workspace.channel(message.channel)
    is_ephemeral = message.only_for is not None
    payload = {
        **common(transport, member, "block_actions"),
        "container": _message_container(message),
        "trigger_id": trigger(transport, member, channel.id),
        "channel": {"id": channel.id, "name": channel.title},
        "state": {"values": {}},
        "response_url": response_url(transport, member, channel.id, message.ts),
        "actions": [act],
    }
    return payload if is_ephemeral else {**payload, "message": message.payload()}


def in_view(transport: Transport, member: Member, shown: OpenView, act: JSON) -> JSON:
    """block_actions from a modal or a home tab."""
    view_id = shown.id if shown.view["type"] == "modal" else None
    return {
        **common(transport, member, "block_actions"),
        "container": {"type": "view", "view_id": shown.id},
        "trigger_id": trigger(transport, member, shown.channel_id, view_id),
        "view": shown.payload(transport.workspace.team.id),
        "actions": [act],
    }


def suggestion(
    transport: Transport, member: Member, shown: OpenView, place: tuple[JSON, JSON], typed: str
) -> JSON:
    """block_suggestion: what a person typed into an external select at (block, element)."""
    block, element = place
    return {
        **common(transport, member, "block_suggestion"),
        "container": {"type": "view", "view_id": shown.id},
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
        "view": shown.payload(transport.workspace.team.id),
    }


def suggestion_in_message(
    transport: Transport, member: Member, message: Message, place: tuple[JSON, JSON], typed: str
) -> JSON:
    """block_suggestion from a message."""
    block, element = place
    channel = transport.workspace.channel(message.channel)
    return {
        **common(transport, member, "block_suggestion"),
        "container": _message_container(message),
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
        "channel": {"id": channel.id, "name": channel.title},
        "message": message.payload(),
    }


def submission(transport: Transport, member: Member, shown: OpenView) -> JSON:
    return {
        **common(transport, member, "view_submission"),
        "trigger_id": trigger(transport, member, shown.channel_id, shown.id),
        "view": shown.payload(transport.workspace.team.id),
        "response_urls": _response_urls(transport, member, shown),
    }


def _response_urls(transport: Transport, member: Member, shown: OpenView) -> list[JSON]:
    urls = []
    for block, element in shown.inputs():
        state = shown.state[block["block_id"], element["action_id"]]
        chosen = state.get("selected_conversation") or state.get("selected_channel")
        if element.get("response_url_enabled") and chosen:
            address = response_url(transport, member, chosen)
            names = {"block_id": block["block_id"], "action_id": element["action_id"]}
            urls.append({**names, "channel_id": chosen, "response_url": address})
    return urls


def closed(transport: Transport, member: Member, shown: OpenView, *, is_cleared: bool) -> JSON:
    return {
        **common(transport, member, "view_closed"),
        "view": shown.payload(transport.workspace.team.id),
        "is_cleared": is_cleared,
    }


def global_shortcut(transport: Transport, member: Member, callback_id: str) -> JSON:
    return {
        **common(transport, member, "shortcut"),
        "callback_id": callback_id,
        "trigger_id": trigger(transport, member, None),
        "action_ts": f"{time.time():.6f}",
    }


def message_shortcut(
    transport: Transport, member: Member, message: Message, callback_id: str
) -> JSON:
    channel = transport.workspace.channel(message.channel)
    return {
        **common(transport, member, "message_action"),
        "callback_id": callback_id,
        "trigger_id": trigger(transport, member, channel.id),
        "response_url": response_url(transport, member, channel.id),
        "action_ts": f"{time.time():.6f}",
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.title},
        "message": message.payload(),
    }

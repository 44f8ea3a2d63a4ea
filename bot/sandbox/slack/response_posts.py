"""What a post to a response_url does."""

from http import HTTPStatus
from typing import Any

from bot.sandbox.slack.arguments import JSON, content
from bot.sandbox.slack.directory import Channel
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.response_urls import ResponseUrl
from bot.sandbox.slack.workspace import Workspace


def accept_post(workspace: Workspace, name: str, body: Any) -> tuple[int, str]:
    """Return the HTTP status and Slack's words for one post."""
    with workspace.lock:
        target = workspace.response_urls.take(name)
        if isinstance(target, str):
            return HTTPStatus.NOT_FOUND, target
        if not isinstance(body, dict):
            return HTTPStatus.BAD_REQUEST, "invalid_payload"
        try:
            apply_response(workspace, target, body)
        except SlackError as error:
            return HTTPStatus.BAD_REQUEST, str(error)
    return HTTPStatus.OK, "ok"


def apply_response(workspace: Workspace, target: ResponseUrl, body: JSON) -> Message | None:
    """Post, replace or delete as `body` says; SlackError if Slack would refuse it."""
    channel = workspace.channel(target.channel_id)
    source = _source(workspace, channel, target)
    if body.get("delete_original"):
        if source is not None:
            workspace.delete(source)
        return None
    what = content(body)
    if body.get("replace_original") and source is not None:
        workspace.edit(source, what)
        return source
    if body.get("response_type") == "in_channel":
        return workspace.post(channel, what, thread_ts=body.get("thread_ts"))
    return workspace.whisper(channel, what, target.person_id)


def _source(workspace: Workspace, channel: Channel, target: ResponseUrl) -> Message | None:
    for message in [*channel.messages, *workspace.ephemerals]:
        if target.message_ts is not None and message.ts == target.message_ts:
            return message
    return None

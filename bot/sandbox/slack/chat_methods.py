"""chat.*: messages."""

from bot.sandbox.slack.arguments import JSON, content, required
from bot.sandbox.slack.directory import Channel
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.workspace import BOT, Workspace


def destination(workspace: Workspace, arguments: JSON) -> Channel:
    """Find where to post: a channel id, a "#name", or a person's id for direct messages."""
    where = arguments.get("channel")
    if not isinstance(where, str) or not where:
        raise SlackError("channel_not_found")
    if where in workspace.people:
        return _direct_messages(workspace, where)
    channel = workspace.channel(where)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not channel.bot_is_member:
        raise SlackError("not_in_channel")
    return channel


def _direct_messages(workspace: Workspace, person_id: str) -> Channel:
    member = workspace.member(person_id)
    if member.deleted or member.is_bot:
        raise SlackError("cannot_dm_bot" if member.is_bot else "channel_not_found")
    return workspace.direct_messages(person_id)


def _posted(message: Message) -> JSON:
    return {"channel": message.channel, "ts": message.ts, "message": message.payload()}


def post_message(workspace: Workspace, arguments: JSON) -> JSON:
    channel = destination(workspace, arguments)
    what = content(arguments)
    thread_ts = arguments.get("thread_ts")
    if thread_ts is not None and not any(m.ts == thread_ts for m in channel.messages):
        raise SlackError("thread_not_found")
    return _posted(workspace.post(channel, what, thread_ts=thread_ts))


def update(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "channel", "ts")
    channel = workspace.channel_by_id(arguments["channel"])
    message = workspace.find_message(channel, arguments["ts"])
    if message.author != BOT:
        raise SlackError("cant_update_message")
    workspace.edit(message, content(arguments))
    return {**_posted(message), "text": message.text}


def post_ephemeral(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "user")
    channel = destination(workspace, arguments)
    person = workspace.people.get(arguments["user"])
    if person is None or not channel.has(person.id):
        raise SlackError("user_not_in_channel")
    message = workspace.whisper(channel, content(arguments), person.id)
    message.thread_ts = arguments.get("thread_ts")
    return {"message_ts": message.ts}


def get_permalink(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "channel", "message_ts")
    channel = workspace.channel_by_id(arguments["channel"])
    message = workspace.find_message(channel, arguments["message_ts"])
    host = f"https://{workspace.team.domain}.slack.com"
    link = f"{host}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}

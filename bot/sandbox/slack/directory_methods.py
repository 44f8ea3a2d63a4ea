"""auth.*, users.*, conversations.* and blocks.validate: looking things up."""

from bot.sandbox.slack.arguments import JSON, checked_view, content, required, structured
from bot.sandbox.slack.directory import Member
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.workspace import BOT, Workspace


def auth_test(workspace: Workspace, _arguments: JSON) -> JSON:
    team = workspace.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": "payment_links",
        "team_id": team.id,
        "user_id": BOT,
        "bot_id": "B0SANDBOX",
        "is_enterprise_install": False,
    }


def conversations_open(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "users")
    people = arguments["users"]
    names = people if isinstance(people, list) else str(people).split(",")
    if len(names) != 1:
        raise SlackError("not_enough_users" if not names else "too_many_users")
    person = workspace.member(names[0])
    if person.deleted:
        raise SlackError("user_disabled")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    return {"channel": workspace.direct_messages(person.id).payload()}


def conversations_info(workspace: Workspace, arguments: JSON) -> JSON:
    channel = workspace.channel_by_id(arguments.get("channel"))
    if channel.is_private and not channel.bot_is_member:
        raise SlackError("channel_not_found")
    return {"channel": channel.payload()}


def conversations_list(workspace: Workspace, arguments: JSON) -> JSON:
    """Channels of the asked `types` (default public_channel), in pages of `limit`."""
    types = str(arguments.get("types", "public_channel")).split(",")
    found = []
    for channel in workspace.channels.values():
        kind = "private_channel" if channel.is_private else "public_channel"
        seen = channel.bot_is_member or not channel.is_private
        if ("im" if channel.is_im else kind) in types and seen:
            found.append(channel.payload())
    return _page("channels", found, arguments)


def users_list(workspace: Workspace, arguments: JSON) -> JSON:
    return _page("members", [m.payload() for m in workspace.people.values()], arguments)


def _page(name: str, found: list[JSON], arguments: JSON) -> JSON:
    """Cut one page; `cursor` is the number of the first item."""
    cursor = str(arguments.get("cursor") or "0")
    if not cursor.isdecimal():
        raise SlackError("invalid_cursor")
    start, limit = int(cursor), int(arguments.get("limit") or 100)
    following = str(start + limit) if start + limit < len(found) else ""
    page = found[start : start + limit]
    return {name: page, "response_metadata": {"next_cursor": following}}


def users_info(workspace: Workspace, arguments: JSON) -> JSON:
    return {"user": workspace.member(arguments.get("user")).payload()}


def lookup_by_email(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "email")
    asked = str(arguments["email"]).casefold()

    def matches(member: Member) -> bool:
        return member.email.casefold() == asked and not member.deleted and not member.is_stranger

    for member in workspace.people.values():
        if matches(member):
            return {"user": member.payload()}
    raise SlackError("users_not_found")


def blocks_validate(_workspace: Workspace, arguments: JSON) -> JSON:
    """Lint `blocks`, a `message` or a `view` without showing it to anyone."""
    view = structured(arguments, "view", "invalid_arguments")
    if view is not None:
        checked_view(view, "home" if view.get("type") == "home" else "modal")
        return {}
    message = structured(arguments, "message", "invalid_arguments")
    content(message or {"text": "-", **arguments})
    return {}

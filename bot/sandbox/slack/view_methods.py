"""views.*: modals and home tabs."""

from bot.sandbox.slack.arguments import JSON, checked_view, required, structured
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.schema import Surface
from bot.sandbox.slack.views import OpenView
from bot.sandbox.slack.workspace import Workspace


def _view(arguments: JSON, surface: Surface) -> JSON:
    return checked_view(structured(arguments, "view", "invalid_arguments"), surface)


def _shown(workspace: Workspace, view: OpenView) -> JSON:
    workspace.touch()
    return {"view": view.payload(workspace.team.id)}


def open_view(workspace: Workspace, arguments: JSON) -> JSON:
    """Replace whatever modal the person has open."""
    view = _view(arguments, "modal")
    trigger = workspace.triggers.check(arguments.get("trigger_id"))
    trigger.used_for = "views.open"
    opened = workspace.views.open(trigger.person_id, view, trigger.channel_id)
    return _shown(workspace, opened)


def push_view(workspace: Workspace, arguments: JSON) -> JSON:
    view = _view(arguments, "modal")
    trigger = workspace.triggers.check(arguments.get("trigger_id"))
    if trigger.view_id is None:
        raise SlackError("invalid_trigger_id", "[ERROR] the trigger does not come from a modal")
    pushed = workspace.views.push(trigger.person_id, view)
    trigger.used_for = "views.push"
    return _shown(workspace, pushed)


def update_view(workspace: Workspace, arguments: JSON) -> JSON:
    if not arguments.get("view_id") and not arguments.get("external_id"):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id")
    found = workspace.views.find(
        view_id=arguments.get("view_id"), external_id=arguments.get("external_id")
    )
    surface: Surface = "home" if found.view["type"] == "home" else "modal"
    view = _view(arguments, surface)
    if arguments.get("hash") not in (None, found.hash):
        raise SlackError("hash_conflict")
    found.show(view)
    return _shown(workspace, found)


def publish_view(workspace: Workspace, arguments: JSON) -> JSON:
    required(arguments, "user_id")
    view = _view(arguments, "home")
    person = workspace.member(arguments["user_id"])
    home = workspace.views.homes.get(person.id)
    if home is not None and arguments.get("hash") not in (None, home.hash):
        raise SlackError("hash_conflict")
    return _shown(workspace, workspace.views.publish(person.id, view))

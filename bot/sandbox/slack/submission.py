"""What happens on the screen when a modal is submitted."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.arguments import checked_view
from bot.sandbox.slack.call_log import parsed
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.transport import Answer
from bot.sandbox.slack.views import OpenView
from bot.sandbox.slack.workspace import Workspace

JSON = dict[str, Any]


@dataclass(frozen=True)
class Submission:
    """`action`: close, clear, update, push, errors, or trouble.

    `answer` is None if Slack's client refused and the bot heard nothing. `errors` maps the
    labels on the screen to sentences. `trouble` is why Slack shows "We had some trouble
    connecting. Try again?".
    """

    action: str
    answer: Answer | None = None
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    @property
    def ok(self) -> bool:
        return self.action not in ("errors", "trouble")


def labelled(view: OpenView, errors: dict[str, str]) -> dict[str, str]:
    """Name errors by the labels that a person reads."""
    labels = {
        block["block_id"]: block["label"]["text"]
        for block in view.view["blocks"]
        if block["type"] == "input"
    }
    return {labels[block_id]: sentence for block_id, sentence in errors.items()}


def apply_submission(workspace: Workspace, view: OpenView, answer: Answer) -> Submission:
    """Do to the screen what the bot's answer says; nothing if Slack would refuse it."""
    if answer.trouble is not None:
        return Submission("trouble", answer, trouble=answer.trouble)
    try:
        with workspace.lock:
            return _apply(workspace, view, answer)
    except SlackError as error:
        return Submission("trouble", answer, trouble=str(error))
    finally:
        workspace.touch()


def _apply(workspace: Workspace, view: OpenView, answer: Answer) -> Submission:
    body = parsed(answer.body.strip() or "{}")
    if not isinstance(body, dict):
        raise SlackError("invalid_response", "[ERROR] must be a JSON object")
    action = body.get("response_action", "close")
    if action == "errors":
        return _show_errors(view, body, answer)
    if action == "update":
        view.show(checked_view(body.get("view"), "modal"))
    elif action == "push":
        workspace.views.push(view.person_id, checked_view(body.get("view"), "modal"))
    elif action == "clear":
        workspace.views.clear(view.person_id)
    elif action == "close" and not body:
        workspace.views.close(view)
    else:
        raise SlackError("invalid_response", f"[ERROR] unknown answer: {answer.body[:200]}")
    return Submission(action, answer)


def _show_errors(view: OpenView, body: JSON, answer: Answer) -> Submission:
    errors = body.get("errors")
    inputs = {block["block_id"] for block in view.view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_response", "[ERROR] errors must name at least one block_id")
    for block_id, sentence in errors.items():
        if block_id not in inputs:
            raise SlackError("invalid_response", f"[ERROR] {block_id!r} is no input block")
        if not isinstance(sentence, str) or not sentence:
            raise SlackError("invalid_response", f"[ERROR] no sentence for {block_id!r}")
    view.errors = dict(errors)
    return Submission("errors", answer, labelled(view, errors))

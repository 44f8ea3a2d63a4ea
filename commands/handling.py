"""The guard around every listener: once, never raising, errors told as sentences.

bolt forgets an acknowledgement when a listener raises after it, and repeats whatever is sent
twice; so every listener runs inside `guarded`.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

from slack_bolt import BoltResponse
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from commands import view_parts
from commands.access import Role
from commands.desk import Desk
from commands.errors import InvalidInput, NotPermitted, PayError
from commands.incidents import reference
from renderers.mrkdwn import escape, mention
from storage import slack_requests, users
from storage.database import DatabaseBusy
from storage.unit_of_work import out_of_reach, repeatable

log = logging.getLogger(__name__)

Listener = Callable[..., None]

TITLE = "Payment Links"
SLACK_SECONDS = 1.5  # of the 3 that Slack waits for an answer
_SENTENCE = 1000  # characters

_TRIGGER_GONE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"})
_UNREACHABLE = (SlackApiError, SlackClientError, URLError, TimeoutError, ConnectionError)


def guarded(listener: Listener, *, once: bool = True) -> Callable[[Args], None]:
    """Let bolt call `listener` with the arguments it names; nothing that it raises gets out.

    `once`: a retry or replay of the same request is acknowledged and has no effect.
    """
    code = listener.__code__
    names = code.co_varnames[: code.co_argcount]

    def run(args: Args) -> None:
        try:
            if once and not _is_first(args):
                args.ack()
                return
            listener(**{name: _argument(args, name) for name in names})
        except Exception as error:  # noqa: BLE001 -- the border: whatever it is becomes a sentence
            answer(args, error)

    run.__name__ = listener.__name__
    return run


def answer(args: Args, error: Exception) -> BoltResponse:
    """Acknowledge with what went wrong, on the fields it is about where there are any."""
    fields = error.fields if isinstance(error, InvalidInput) else {}
    if fields and fields.keys() <= _inputs(args.body):
        return args.ack(response_action="errors", errors=fields)
    return tell(args, sentence(args.context["desk"], error))


def tell(args: Args, text: str) -> BoltResponse:
    """Acknowledge and say `text` (mrkdwn) to the person alone, where they are looking."""
    body = args.body
    kind = body.get("type", "command" if "command" in body else "")
    if kind == "command":
        return args.ack(text=text, response_type="ephemeral")
    if kind == "view_submission":
        return args.ack(response_action="update", view=view_parts.notice(TITLE, text))
    if kind == "block_suggestion":
        return args.ack(options=[])
    acknowledged = args.ack()
    if kind in {"view_closed", "event_callback"}:  # nobody is looking
        return acknowledged
    try:
        _show(args, body, text)
    except _UNREACHABLE:
        log.warning("a sentence could not be shown", extra=_ids(body), exc_info=True)
    return acknowledged


def sentence(desk: Desk, error: Exception) -> str:
    """What a person is told, as mrkdwn; the unexpected gets a reference that the log knows."""
    if isinstance(error, NotPermitted):
        return f"{escape(error.sentence, _SENTENCE)} {whom_to_ask(desk, error.may)}".strip()
    if isinstance(error, PayError):
        return escape(error.sentence, _SENTENCE)
    outage = _outage(error)
    if outage:
        log.warning("an outage was told to a person", exc_info=error)
        return outage
    return f"Something went wrong, nothing was sent. Reference {reference(error)}"


def _outage(error: Exception) -> str:
    """What is told when Slack or the database did not do as asked; "" for anything else."""
    if isinstance(error, SlackApiError) and error.response.get("error") in _TRIGGER_GONE:
        return "That took too long for Slack, and nothing was sent. Please do it once more."
    if isinstance(error, _UNREACHABLE):
        return "Slack did not answer in time, and nothing was sent. Please try again."
    if isinstance(error, DatabaseBusy):
        return "Payment Links is busy with a large import, and nothing was sent. Please try again."
    if out_of_reach(error):
        return "The books are busy or out of reach, and nothing was sent. Please try again."
    return ""


def whom_to_ask(desk: Desk, roles: tuple[str, ...] = (Role.ADMIN.value,)) -> str:
    """Who holds one of `roles`, as mentions; at most five, and the Admins when nobody does."""
    wanted = {role.value for role in Role if role.value in roles} or {Role.ADMIN.value}
    with desk.database.reading() as session:
        people = users.with_role(session, *wanted) or users.with_role(session, Role.ADMIN.value)
    if not people:
        return "Nobody has the role Admin yet: whoever installed Payment Links can give it."
    return f"Ask {' or '.join(mention(person.id) for person in people[:5])}."


@repeatable
def _is_first(args: Args) -> bool:
    desk: Desk = args.context["desk"]
    with desk.database.writing() as session:
        return slack_requests.claim(session, _request_key(args), desk.clock.real())


def _request_key(args: Args) -> str:
    """What is the same when Slack, or somebody who overheard it, sends a request again."""
    body = args.body
    signature = args.request.headers.get("x-slack-signature", [""])[0]
    if body.get("event_id"):  # repeated with another `event_time`, and yet the same event
        return str(body["event_id"])
    same = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f"{body.get('trigger_id') or signature}:{same[:32]}"


def _argument(args: Args, name: str) -> Any:
    return args.context[name] if name in args.context else getattr(args, name)


def _inputs(body: dict[str, Any]) -> set[str]:
    """The blocks of a submitted form that can carry an error."""
    if body.get("type") != "view_submission":
        return set()
    blocks = body["view"].get("blocks", [])
    return {block["block_id"] for block in blocks if block["type"] == "input"}


def _show(args: Args, body: dict[str, Any], text: str) -> None:
    if body.get("view"):
        view = view_parts.notice(TITLE, text)
        args.client.views_update(view_id=body["view"]["id"], view=view)
    elif body.get("response_url"):
        hook = WebhookClient(body["response_url"], timeout=2, retry_handlers=[])
        hook.send(text=text, response_type="ephemeral", replace_original=False)


def _ids(body: dict[str, Any]) -> dict[str, str]:
    user = body.get("user") or {}
    return {"slack_user": str(user.get("id", "")), "slack_request": str(body.get("type", ""))}

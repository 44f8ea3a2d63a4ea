"""Who is asking: bolt's context gets `desk` and `actor`, or the request ends here.

Roles are read from the database for each request, so a role taken away is gone at the next one.
"""

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.kwargs_injection.args import Args

from bot.slack.directory import Directory, Standing
from commands import auditing, handling
from commands.access import Actor
from commands.desk import Desk
from commands.people.actors import find_actor

_SENTENCES: dict[Standing, str] = {
    "guest": "Guests cannot use Payment Links.",
    "bot": "Bots cannot use Payment Links.",
    "deactivated": "Your account is deactivated.",
    "stranger": "Payment Links works only for people of this workspace.",
}
_NO_ROLE = "You have no role in Payment Links, so nothing was done."


def identify(desk: Desk, directory: Directory) -> Callable[[Args], BoltResponse | None]:
    """The middleware for one desk."""

    def admit(args: Args) -> BoltResponse | None:
        args.context["desk"] = desk
        if args.context.user_id is None:  # an event that nobody caused
            args.next()
            return None
        try:
            with desk.database.reading() as session:
                actor, is_active = find_actor(session, args.context.user_id)
            refusal = _refusal(args, directory, actor, is_active=is_active)
            if refusal:
                return _turn_away(args, desk, actor, refusal)
        except Exception as error:  # noqa: BLE001 -- bolt would answer 500
            return handling.answer(args, error)
        args.context["actor"] = actor
        args.next()
        return None

    return admit


def _refusal(args: Args, directory: Directory, actor: Actor, *, is_active: bool) -> str:
    """Why this person gets no further; "" when they do."""
    if _teams(args.body) - {directory.team_id(args.client)}:
        return _SENTENCES["stranger"]
    if not is_active:
        return _SENTENCES["deactivated"]
    if not actor.roles:
        return _NO_ROLE
    return _SENTENCES.get(directory.standing(args.client, actor.id), "")


def _teams(body: dict[str, Any]) -> set[str]:
    """Every workspace that the request names."""
    team, user = body.get("team") or {}, body.get("user") or {}
    named = [body.get("team_id"), team.get("id"), user.get("team_id")]
    return {str(name) for name in named if name}


def _turn_away(args: Args, desk: Desk, actor: Actor, refusal: str) -> BoltResponse:
    body = args.body
    asked = str(body.get("command") or body.get("type", ""))
    with desk.database.writing() as session:
        why = {"reason": refusal}
        auditing.record(session, actor, desk, "slack_request", asked, outcome="denied", **why)
    return handling.tell(args, f"{refusal} {handling.whom_to_ask(desk)}")

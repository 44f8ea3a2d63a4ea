"""The words of `/pay help`: what exists, and what this person may use of it."""

from commands.access import Actor
from commands.desk import Desk
from commands.launcher.verb import Verb

_ALSO = (
    "• `/pay INV-1042`, `/pay 1042`: straight to it; an order's number finds its invoice",
    "• `/pay Blue Iris`: the invoices of a customer",
    "• `/pay order 88213`: that order, and what was mailed about it",
    "• `/pay`: the same as buttons",
)
_AFTER = (
    "After *Send*, a card comes to your direct messages with this app. It has *Undo* while the"
    " mail is held, follows the payment, and can be shown in a channel with *Post here*."
)


def usage(actor: Actor, desk: Desk, verbs: tuple[Verb, ...]) -> str:
    """As mrkdwn."""
    mine = [verb for verb in verbs if verb.is_for(actor, desk)]
    lines = [f"• `{_typed(verb)}` to {verb.does}" for verb in mine]
    roles = f"Your role: {actor.role_text}."
    return "\n".join(["*What you can type*", *lines, *_ALSO, "", _AFTER, roles])


def _typed(verb: Verb) -> str:
    return f"/pay {verb.name} {verb.hint}".strip()

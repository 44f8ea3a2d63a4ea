"""Why somebody takes back what was done: asked for wherever that cannot be undone."""

from commands.errors import InvalidInput
from renderers.plain_text import one_line

MOST = 200  # characters


def fitting(typed: str) -> str:
    """One line. Raises `InvalidInput` under the field "reason"."""
    text = one_line(typed)
    if not text:
        raise InvalidInput({"reason": "Please say why: it stays in the history."})
    if len(text) > MOST:
        raise InvalidInput({"reason": f"Please shorten it to {MOST} characters."})
    return text

"""Whose word counts: the file's, unless it only repeats itself and somebody changed it in Slack."""

from typing import Any

_NEVER = object()


def news(imported: dict[str, Any] | None, own: dict[str, Any]) -> dict[str, Any]:
    """The file's values that differ from those of its last import; only these are taken over."""
    last = imported or {}
    return {column: value for column, value in own.items() if last.get(column, _NEVER) != value}

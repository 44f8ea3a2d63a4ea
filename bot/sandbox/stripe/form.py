"""Stripe's form encoding: `line_items[0][price_data][currency]=usd` and back to a tree."""

import re
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.stripe.errors import invalid

MAX_FIELDS, MAX_DEPTH = 5000, 10
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decode_form(text: str) -> dict[str, Any]:
    """A tree of dicts with string leaves; lists stay dicts with the keys "0", "1", …

    Which of them are lists is known to the parameter's type alone. ApiError 400 when a name is
    malformed or used both as a value and as a group.
    """
    tree: dict[str, Any] = {}
    if text.count("&") >= MAX_FIELDS:
        raise invalid(f"Invalid request: more than {MAX_FIELDS} parameters")
    fields = parse_qsl(text, keep_blank_values=True)
    for name, value in fields:
        _place(tree, _path(name), value, name)
    return tree


def _path(name: str) -> list[str]:
    match = _KEY.match(name)
    if match is None:
        raise invalid(f"Invalid request: malformed parameter name {name!r}", name)
    parts = [match[1], *_PART.findall(match[2])]
    if len(parts) > MAX_DEPTH:
        raise invalid(f"Invalid request: more than {MAX_DEPTH} levels", match[1])
    return parts


def _place(tree: dict[str, Any], path: list[str], value: str, name: str) -> None:
    node = tree
    for part in path[:-1]:
        child = node.setdefault(part or str(len(node)), {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid request: {name} is both a value and a group", name)
        node = child
    leaf = path[-1] or str(len(node))
    if leaf in node:
        raise invalid(f"Invalid request: {name} was given twice", name)
    node[leaf] = value

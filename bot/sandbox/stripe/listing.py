"""Pages of objects, filters and expansion, as every list and retrieve of the API has them."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.stripe.books import Books, Record, snapshot
from bot.sandbox.stripe.errors import invalid, missing_resource

MAX_LIMIT, DEFAULT_LIMIT, MAX_DEPTH = 100, 10, 4
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def page(found: Sequence[Record], params: Record, url: str) -> Record:
    """One page of `found` (newest first) as `limit`, `starting_after`, `ending_before` ask."""
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(f"This value must be between 1 and {MAX_LIMIT}.", "limit")
    rows = list(found)
    if "starting_after" in params:
        rows = rows[_position(rows, params["starting_after"], "starting_after") + 1 :]
        chosen = rows[:limit]
    elif "ending_before" in params:
        rows = rows[: _position(rows, params["ending_before"], "ending_before")]
        chosen = rows[-limit:]
    else:
        chosen = rows[:limit]
    return {"object": "list", "data": chosen, "has_more": len(rows) > len(chosen), "url": url}


def _position(rows: list[Record], given: str, param: str) -> int:
    for index, record in enumerate(rows):
        if record["id"] == given:
            return index
    raise missing_resource("object", given, param, status=400)


def within(moment: int, window: int | dict[str, int] | None) -> bool:
    """Whether `moment` fits a `created` filter: one second, or gt, gte, lt, lte."""
    if window is None:
        return True
    if isinstance(window, int):
        return moment == window
    return all(_COMPARE[name](moment, bound) for name, bound in window.items())


def matching(found: Sequence[Record], params: Record, *names: str) -> list[Record]:
    """Those whose members equal the parameters `names`, inside the `created` filter."""
    asked = {name: params[name] for name in names if name in params}
    return [
        record
        for record in found
        if within(record["created"], params.get("created"))
        and all(record.get(name) == value for name, value in asked.items())
    ]


def expanded(books: Books, answer: Record, paths: Sequence[str]) -> Record:
    """A copy of `answer` with the ids at `paths` (`payment_intent.latest_charge`) resolved."""
    copied = snapshot(answer)
    for path in paths:
        if path.count(".") >= MAX_DEPTH:
            raise invalid(f"You cannot expand more than {MAX_DEPTH} levels: {path}", "expand")
        _expand(books, copied, path.split("."), path)
    return copied


def _expand(books: Books, node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for member in node:
            _expand(books, member, parts, path)
        return
    if not parts or node is None:
        return
    name = parts[0]
    if not isinstance(node, dict) or name not in node | _hidden(books, node):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    node[name] = _resolved(books, node, name, path)
    _expand(books, node[name], parts[1:], path)


def _resolved(books: Books, node: Record, name: str, path: str) -> Any:
    value = _hidden(books, node).get(name, node.get(name))
    if value is None or isinstance(value, dict | list):
        return value
    record = books.find(str(value))
    if record is None:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    return snapshot(record)


def _hidden(books: Books, node: Record) -> Record:
    """Members that an object carries only when they are asked for."""
    if node.get("object") == "checkout.session":
        url = f"/v1/checkout/sessions/{node['id']}/line_items"
        return {"line_items": page(books.line_items[node["id"]], {"limit": MAX_LIMIT}, url)}
    if node.get("object") == "charge":
        refunds = [r for r in books.all("refund") if r["charge"] == node["id"]]
        return {"refunds": page(refunds, {"limit": MAX_LIMIT}, f"/v1/charges/{node['id']}/refunds")}
    return {}

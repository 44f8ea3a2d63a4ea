"""Small checks that are put together into the rules of Block Kit.

A check takes a value of a JSON payload and the place where it stands, and returns one sentence
for each thing that Slack would refuse, in Slack's own form:
``[ERROR] no more than 5 items allowed [json-pointer:/blocks/0/elements]``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
SURFACES: frozenset[Surface] = frozenset(("message", "modal", "home"))


@dataclass(frozen=True)
class Place:
    """A JSON pointer into a payload, the surface it is for and the type of the block around it."""

    pointer: str
    surface: Surface
    block: str = ""

    def at(self, step: str | int) -> "Place":
        return replace(self, pointer=f"{self.pointer}/{step}")

    def refuse(self, sentence: str) -> list[str]:
        return [f"[ERROR] {sentence} [json-pointer:{self.pointer}]"]


Check = Callable[[Any, Place], list[str]]
Fields = Mapping[str, Check]


def string(limit: int | None = None, *, minimum: int = 1, pattern: str = "") -> Check:
    """Text of `minimum` to `limit` characters that `pattern` matches from start to end."""

    def check(value: Any, place: Place) -> list[str]:
        if not isinstance(value, str):
            return place.refuse(f"must be a string, not {type(value).__name__}")
        if len(value) < minimum:
            return place.refuse(f"must be more than {minimum - 1} characters")
        if limit is not None and len(value) > limit:
            return place.refuse(f"must be less than {limit + 1} characters, is {len(value)}")
        if pattern and not re.fullmatch(pattern, value):
            return place.refuse(f"must match {pattern}")
        return []

    return check


def integer(low: int, high: int | None = None) -> Check:
    def check(value: Any, place: Place) -> list[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            return place.refuse(f"must be an integer, not {type(value).__name__}")
        if value < low or (high is not None and value > high):
            return place.refuse(f"must be between {low} and {high}")
        return []

    return check


def boolean(value: Any, place: Place) -> list[str]:
    return [] if isinstance(value, bool) else place.refuse("must be a boolean")


def anything(_value: Any, _place: Place) -> list[str]:
    return []


def choice(*allowed: str) -> Check:
    def check(value: Any, place: Place) -> list[str]:
        return [] if value in allowed else place.refuse(f"must be one of {', '.join(allowed)}")

    return check


def items(check_item: Check, low: int, high: int) -> Check:
    """Describe a list of `low` to `high` items, each of which `check_item` accepts."""

    def check(value: Any, place: Place) -> list[str]:
        if not isinstance(value, list):
            return place.refuse(f"must be a list, not {type(value).__name__}")
        if len(value) < low:
            return place.refuse(f"no fewer than {low} items allowed")
        found = []
        if len(value) > high:
            found += place.refuse(f"no more than {high} items allowed, there are {len(value)}")
        for number, item in enumerate(value):
            found += check_item(item, place.at(number))
        return found

    return check


def fields(required: Fields, optional: Fields, *also: Check) -> Check:
    """Describe an object: what it must have, what it may have, and rules across its fields."""
    known = {**required, **optional}

    def check(value: Any, place: Place) -> list[str]:
        if not isinstance(value, dict):
            return place.refuse(f"must be an object, not {type(value).__name__}")
        found = []
        for name in required:
            if name not in value:
                found += place.refuse(f"missing required field: {name}")
        for name, item in value.items():
            found += _check_field(known, name, item, place)
        if not found:
            for rule in also:
                found += rule(value, place)
        return found

    return check


def _check_field(known: Fields, name: str, item: Any, place: Place) -> list[str]:
    if name not in known:
        return place.refuse(f"invalid additional property: {name}")
    return known[name](item, place.at(name))


def one_of(*names: str) -> Check:
    """Exactly one of these fields must be there."""

    def check(value: Any, place: Place) -> list[str]:
        if sum(name in value for name in names) == 1:
            return []
        return place.refuse(f"must have exactly one of {', '.join(names)}")

    return check


@dataclass(frozen=True)
class Kind:
    """What one `type` of block or element consists of and where it may stand."""

    required: Fields = field(default_factory=dict)
    optional: Fields = field(default_factory=dict)
    also: tuple[Check, ...] = ()
    surfaces: frozenset[Surface] = SURFACES
    inside: frozenset[str] = frozenset()  # block types; empty: any

    def misplaced(self, name: str, place: Place) -> list[str]:
        if place.surface not in self.surfaces:
            return place.refuse(f"{name} is not supported in a {place.surface}")
        if self.inside and place.block not in self.inside:
            return place.refuse(f"{name} is not supported inside {place.block}")
        return []


def typed(kinds: Mapping[str, Kind], *, is_block: bool = False) -> Check:
    """Describe an object whose `type` names one of `kinds`."""

    def check(value: Any, place: Place) -> list[str]:
        name = value.get("type") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in kinds:
            return place.refuse(f"unsupported type: {name!r}")
        kind = kinds[name]
        inner = replace(place, block=name) if is_block else place
        shape = fields({"type": anything, **kind.required}, kind.optional, *kind.also)
        return kind.misplaced(name, place) + shape(value, inner)

    return check


def text(limit: int, *, plain: bool = False) -> Check:
    """Describe a text object of 1 to `limit` characters; `plain`: mrkdwn is refused."""
    kinds = {
        "plain_text": Kind({"text": string(limit)}, {"emoji": boolean}),
        "mrkdwn": Kind({"text": string(limit)}, {"verbatim": boolean}),
    }
    if plain:
        del kinds["mrkdwn"]
    return typed(kinds)

"""What a person changed on a screen, told from what that screen was last known to show. Pure.

A screen may be older than what is remembered: it waited in the queue, or another window of the
same person was quicker. Then it can add ticks, and never take one off that it did not show.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Screen:
    """The rows of a window as Slack sent them, by invoice number.

    `initial`: ticked when the rows were drawn; `ticked`: ticked now; `version`: of the drawing, 0
    when there were no rows.
    """

    window_id: str
    version: int = 0
    shown: frozenset[str] = field(default_factory=frozenset)
    initial: frozenset[str] = field(default_factory=frozenset)
    ticked: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Changes:
    ticked: frozenset[str]
    unticked: frozenset[str]


def changes(screen: Screen, version: int, known: Iterable[str]) -> Changes:
    """`version` and `known`: the newest drawing of the window, and what was ticked on it so far."""
    if screen.version != version:
        return Changes(screen.ticked - screen.initial, frozenset())
    before = frozenset(known) & screen.shown
    return Changes(screen.ticked - before, before - screen.ticked)

"""A button that nobody answers is only acknowledged, and seems dead to whoever presses it."""

import re
from pathlib import Path

from commands import register

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r'"(pay\.[a-z_.]+)"')


def is_answered(name: str) -> bool:
    """A name that ends in a point is a beginning: what follows it is made up as it is shown."""
    shown = f"{name}x" if name.endswith(".") else name
    return any(_answers(on.name, shown, name) for on in register.LISTENERS)


def _answers(listener: str | re.Pattern[str], shown: str, name: str) -> bool:
    if isinstance(listener, str):
        return listener == shown or (name.endswith(".") and listener.startswith(name))
    return listener is not register.ANYTHING and listener.fullmatch(shown) is not None


def test_whatever_a_screen_names_has_a_listener() -> None:
    named = {
        name
        for floor in ("commands", "renderers")
        for path in (ROOT / floor).rglob("*.py")
        for name in NAMED.findall(path.read_text("utf-8"))
    }
    assert len(named) > 40
    assert sorted(name for name in named if not is_answered(name)) == []

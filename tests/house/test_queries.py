"""Queries live in storage: elsewhere a session is handed on, and rows are read and changed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_QUERY = {"Session", "SQLModel"}


def imported_from_sqlmodel(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "sqlmodel":
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("floor", ["bot", "commands", "renderers"])
def test_no_query_is_written_outside_storage(floor: str) -> None:
    found = {
        str(path.relative_to(ROOT)): set(imported_from_sqlmodel(path)) - NO_QUERY
        for path in (ROOT / floor).rglob("*.py")
    }
    assert {path: names for path, names in found.items() if names} == {}

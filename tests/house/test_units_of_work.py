"""Who opens a unit of work to write can be run again when PostgreSQL takes the writes back."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Each opens one for somebody who is repeatable, or appends a row that nobody can be in the way of.
EXEMPT = {
    "claim.held",  # a context manager: its callers are repeatable
    "auditing.run",  # appends to the audit
    "middleware._turn_away",  # appends to the audit
    "service._write",  # the import: import_files is repeatable as a whole
}


def writers() -> Iterator[tuple[str, set[str]]]:
    """Every function that says `.writing()` itself, with its decorators."""
    for folder in ("bot", "commands"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and _writes(node):
                    yield f"{path.stem}.{node.name}", {ast.unparse(d) for d in node.decorator_list}


def _writes(function: ast.FunctionDef) -> bool:
    own = [node for node in ast.walk(function) if isinstance(node, ast.Attribute)]
    nested = [node for node in function.body if isinstance(node, ast.FunctionDef)]
    return not nested and any(node.attr == "writing" for node in own)


def test_every_writer_is_repeatable() -> None:
    found = list(writers())
    plain = {name for name, decorators in found if "repeatable" not in decorators}
    assert plain <= EXEMPT, plain - EXEMPT
    assert len(found) > len(EXEMPT) * 4

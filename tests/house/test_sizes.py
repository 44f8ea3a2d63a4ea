"""The size limits of the house: small functions, small modules, tests longer than code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("bot", "commands", "renderers", "storage")
LONGEST_MODULE, LONGEST_FUNCTION = 350, 80
MEDIAN_FUNCTION, P95_FUNCTION = 10, 45


def modules(*floors: str) -> Iterator[Path]:
    for floor in floors:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations/versions" not in path.as_posix():
                yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's place and its length in lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", length


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("floor", [*FLOORS, "tests"])
def test_no_module_is_longer_than_a_reader_can_hold(floor: str) -> None:
    long = {str(p.relative_to(ROOT)): line_count(p) for p in modules(floor)}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_functions_are_small() -> None:
    lengths = dict(item for path in modules(*FLOORS) for item in functions(path))
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= MEDIAN_FUNCTION
    assert quantiles(lengths.values(), n=20)[-1] <= P95_FUNCTION


def test_package_files_are_empty() -> None:
    full = [p for p in modules(*FLOORS) if p.name == "__init__.py" and p.read_text().strip()]
    assert full == []

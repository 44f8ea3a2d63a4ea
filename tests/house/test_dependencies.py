"""What is imported is declared, and what is declared is pinned: nothing comes along by chance."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("bot", "commands", "renderers", "storage")
OWN = {*FLOORS, "tests", *sys.stdlib_module_names}


def imported(*folders: str, without: str = "nothing") -> set[str]:
    """The distributions that the modules of `folders` import from."""
    provided = packages_distributions()
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    names = {name for path in paths if without not in path.parts for name in roots(path)}
    return {normal(provided[name][0]) for name in names - OWN}


def roots(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][e] for e in extras)]
    names = {normal(re.split(r"[<>=\[]", line)[0]) for listed in lists for line in listed}
    return names - {"payment-links"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


@pytest.mark.parametrize(
    ("folders", "without", "extras"),
    [
        (FLOORS, "sandbox", ()),
        (("bot/sandbox",), "-", ("demo",)),
        (("tests",), "-", ("demo", "dev")),
    ],
)
def test_every_import_is_declared_where_it_is_needed(
    folders: tuple[str, ...], without: str, extras: tuple[str, ...]
) -> None:
    assert imported(*folders, without=without) - declared(*extras) == set()


def test_everything_declared_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normal(line.partition("==")[0]) for line in lines if "==" in line}
    assert declared("demo", "dev", "postgresql") - pinned == set()

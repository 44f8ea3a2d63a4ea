"""How the stage runs the product: as a shell would, each verb a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Start:
    """`python -m bot arguments` in `folder`; `environment` is all that it is told.

    What it prints is added to the files `out` and `err`, which may be one.
    """

    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: Path
    out: Path
    err: Path


class Process(Protocol):
    def poll(self) -> int | None:
        """The exit code; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it ended; raises TimeoutExpired after so many seconds."""

    def terminate(self) -> None: ...


Launch = Callable[[Start], Process]


def execute(start: Start) -> Process:
    command = [sys.executable, "-m", "bot", *start.arguments]
    with start.out.open("ab") as out, start.err.open("ab") as err:
        return subprocess.Popen(  # noqa: S603 -- the product itself
            command, cwd=start.folder, env=start.environment, stdout=out, stderr=err
        )

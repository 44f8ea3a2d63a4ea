"""Processes forked from one that has imported the product: each starts in milliseconds.

They are processes of their own, killed and waited for as any; only the imports are spared.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from typing import Any

from bot.__main__ import main as product
from bot.sandbox.demo.processes import Process, Start
from bot.serve import VERBS

# A process has one forkserver, and it imports nothing later: here is all that any test forks, PDFs
# that it has typeset itself among it.
_IMPORTED = [
    "alembic.command",
    "bot.account_check",
    "bot.jobs.clock",
    "bot.jobs.due",
    "bot.jobs.worker",
    "bot.web.server",
    "commands.import_files.service",
    "renderers.pdf_child",
    "tests.chaos.fast_worker",
    "tests.warm",
]
_FORKSERVER = get_context("forkserver")


def begin() -> None:
    """Before anybody else starts the forkserver, who would leave out what all others need."""
    _FORKSERVER.set_forkserver_preload(_IMPORTED)
    ensure_running()


def process(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    begin()
    started = _FORKSERVER.Process(target=target, args=arguments)
    started.start()
    return started


def launch(start: Start) -> Process:
    """For a `Stage`; `serve` is the three verbs that it stands for, beside each other."""
    if start.arguments != ("serve",):
        return _Forked(start)
    _Forked(replace(start, arguments=("migrate",))).wait()
    return _Together([_Forked(replace(start, arguments=(verb,))) for verb in VERBS])


class _Forked:
    def __init__(self, start: Start) -> None:
        self._process = process(run, start)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("a verb", timeout or 0)
        return code

    def terminate(self) -> None:
        self._process.terminate()


class _Together:
    """As `serve`: it has ended when one of them has."""

    def __init__(self, verbs: list[_Forked]) -> None:
        self._verbs = verbs

    def poll(self) -> int | None:
        ended = [code for verb in self._verbs if (code := verb.poll()) is not None]
        return ended[0] if ended else None

    def wait(self, timeout: float | None = None) -> int:
        return max(verb.wait(timeout) for verb in self._verbs)

    def terminate(self) -> None:
        for verb in self._verbs:
            verb.terminate()


def run(start: Start) -> None:
    """In the child: what the verb would find if a shell had started it."""
    os.chdir(start.folder)
    os.environ.clear()
    os.environ.update(start.environment)
    for stream, path in ((1, start.out), (2, start.err)):
        with path.open("ab") as output:
            os.dup2(output.fileno(), stream)
    sys.exit(product(start.arguments))

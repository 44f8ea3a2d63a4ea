"""Doing a unit of work again when PostgreSQL took it back in favour of another one."""

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

log = logging.getLogger(__name__)

# Serialization failure, deadlock, lock timeout, and a row that somebody else wrote between our
# look and our insert: looking again finds it.
_OVERTAKEN = frozenset({"40001", "40P01", "55P03", "23505"})
_PAUSES = (0.02, 0.1, 0.5)  # seconds at most, before each further try


def repeatable(act: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run `act` again, a few times, when the database took its writes back.

    Only for a function that has no effect but its one unit of work. On SQLite writers wait for
    each other, and nothing is ever taken back.
    """

    @wraps(act)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for longest in _PAUSES:
            try:
                return act(*args, **kwargs)
            except DBAPIError as error:
                state = _overtaken(error)
                if state is None:
                    raise
            log.info("done again", extra={"act": act.__name__, "sqlstate": state})
            time.sleep(random.uniform(0, longest))  # noqa: S311 -- so that the two part ways
        return act(*args, **kwargs)

    return run


def out_of_reach(error: BaseException) -> bool:
    """Whether PostgreSQL was busy, restarting or not to be reached: the same may work later."""
    if isinstance(error, NoConnectionFree):
        return True
    return isinstance(error, OperationalError) and hasattr(error.orig, "sqlstate")


def may_pass(error: BaseException) -> bool:
    """Whether the database itself failed us, on either engine: not the fault of what was asked."""
    troubles = (OperationalError, InterfaceError, InternalError, NoConnectionFree)
    return isinstance(error, troubles)


def _overtaken(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return state if state in _OVERTAKEN else None

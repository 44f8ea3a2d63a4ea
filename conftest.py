"""What the tests' process makes while it loads stays until its end: nothing of it is garbage.

A third of the time before the first test was Python's collector looking through it. It rests until
the tests are collected, and what is there by then it never looks at again.
"""

import gc
from collections.abc import Generator

import pytest

gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()

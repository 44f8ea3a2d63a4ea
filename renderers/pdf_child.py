"""What runs in a child of `html_to_pdf.PdfPool`.

The forkserver preloads this module, so that children are forked from a process that is warm
already and has no threads.
"""

import gc
import resource
import signal
import time
from itertools import count
from multiprocessing.connection import Connection

from renderers.typesetting import warm_typesetter

_COLLECT_EVERY = 20  # documents; each leaves about a megabyte of cyclic garbage
_TYPESETTER = warm_typesetter()


def serve(pipe: Connection, *, memory_bytes: int, cpu_seconds: int) -> None:
    """Answer each HTML text on `pipe` with PDF bytes, or with a text that says why not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    for served in count(1):
        try:
            html = pipe.recv()
        except EOFError:  # the parent is gone, or done with us
            return
        _allow_cpu(cpu_seconds)
        pipe.send(_answer(html))
        if served % _COLLECT_EVERY == 0:  # after the answer: nobody waits for it
            gc.collect()


def _answer(html: str) -> bytes | str:
    try:
        return _TYPESETTER.typeset(html)
    except (MemoryError, SystemError):  # where C code meets the limit, Python says SystemError
        return "it takes too much memory"
    except Exception as fault:  # noqa: BLE001 -- told to the parent, which raises it there
        return f"it cannot be laid out ({type(fault).__name__})"


def _allow_cpu(seconds: int) -> None:
    """Let the kernel end this process once the next document has used `seconds` of CPU."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))

"""HTML to PDF in child processes that can be killed.

A document can take any time and memory to lay out, so each is set in a child with limits. Children
come from a forkserver that is warm: forking a process that has threads hangs some of them.
"""

import queue
import threading
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

_CONTEXT = get_context("forkserver")
_STOP_SECONDS = 5.0


class RenderFailed(Exception):
    """The document was too slow, too large, or cannot be laid out; the message says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may use, and how many a child renders before a fresh one takes over."""

    # A statement of 188 pages took 50 s of a busy processor.
    wall_seconds: float = 100.0
    cpu_seconds: int = 100
    wait_seconds: float = 60.0  # for a child to be free
    memory_bytes: int = 1536 * 1024 * 1024  # address space, of which a child starts with a third
    documents_per_child: int = 500


class PdfPool:
    """Up to `workers` documents at once, from any threads; children are started when needed."""

    def __init__(self, workers: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(workers):
            self._slots.put(None)
        self._children: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False
        _CONTEXT.set_forkserver_preload(["renderers.pdf_child"])

    def render(self, html: str, *, title: str) -> bytes:
        """The PDF of `html`; `title` names it in errors. Raises `RenderFailed`."""
        child = self._free_slot(title)
        try:
            if child is None or not child.alive:
                child = self._replacement(child)
            return child.render(html, title)
        finally:
            self._slots.put(self._kept(child))

    def close(self) -> None:
        """Stop every child; documents being rendered fail. Closing twice is fine."""
        with self._lock:
            self._closed = True
            children = list(self._children)
            self._children.clear()
        for child in children:
            child.stop()

    def _free_slot(self, title: str) -> "_Child | None":
        try:
            return self._slots.get(timeout=self._limits.wait_seconds)
        except queue.Empty:
            raise RenderFailed(f"{title}: every renderer was busy for too long") from None

    def _replacement(self, dead: "_Child | None") -> "_Child":
        with self._lock:
            if self._closed:
                raise RenderFailed("the renderer is closed")
            if dead is not None:
                self._children.discard(dead)
            child = _Child(self._limits)
            self._children.add(child)
        return child

    def _kept(self, child: "_Child | None") -> "_Child | None":
        """`child` if it may render again; otherwise it is stopped."""
        if child is None or child.reusable:
            return child
        with self._lock:
            self._children.discard(child)
        child.stop()
        return None


class _Child:
    """One process and the pipe to it, used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._served = 0
        self._failed = False
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, limits), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def reusable(self) -> bool:
        return not self._failed and self._served < self._limits.documents_per_child

    def render(self, html: str, title: str) -> bytes:
        self._served += 1
        answer = self._answer(html)
        if isinstance(answer, bytes):
            return answer
        self._failed = True
        raise RenderFailed(f"{title}: {answer}")

    def stop(self) -> None:
        self._process.kill()
        self._process.join(_STOP_SECONDS)
        self._pipe.close()

    def _answer(self, html: str) -> bytes | str:
        """The PDF, or why there is none."""
        try:
            self._pipe.send(html)
            if not self._pipe.poll(self._limits.wall_seconds):
                return f"it took longer than {self._limits.wall_seconds:g} s"
            answer: bytes | str = self._pipe.recv()
        except (OSError, EOFError):
            return "its renderer was stopped: too much memory or CPU time"
        return answer


def _serve(pipe: Connection, limits: Limits) -> None:
    # Only children load the typesetter; the processes that use the pool stay small.
    from renderers.pdf_child import serve

    serve(pipe, memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds)

"""Faults of a mail server, ordered for the next conversations."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Stage = Literal["CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "MESSAGE", "QUIT"]
STAGES: tuple[str, ...] = get_args(Stage)
GREYLISTED = "451 4.7.1 Greylisted, please try again later"


@dataclass(frozen=True)
class SmtpFault:
    """What happens at a stage of the conversation.

    `hang`: wait so many seconds first. `reply`: this line instead of the server's. `drop`: cut the
    connection instead. MESSAGE is the moment after the final dot: with a `reply` the message is
    refused, with `hang` or `drop` alone the server HAS it, whatever the client comes to believe.
    """

    at: Stage
    reply: str = ""
    hang: float = 0.0
    drop: bool = False

    def __post_init__(self) -> None:
        if self.at not in STAGES:
            raise ValueError(f"{self.at!r} is none of {', '.join(STAGES)}")
        if self.reply and not self.reply[:3].isdecimal():
            raise ValueError(f"a reply starts with three digits: {self.reply!r}")


class MailFaults:
    """Thread-safe: orders come from tests and pages, the server takes them in its own thread."""

    def __init__(self) -> None:
        self.greylisting = False
        self._lock = threading.Lock()
        self._queue: list[SmtpFault] = []
        self._refused: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()

    def order(self, fault: SmtpFault, times: int = 1) -> None:
        with self._lock:
            self._queue.extend([fault] * times)

    def refuse(self, address: str, reply: str) -> None:
        """Every RCPT for this address is answered with `reply`; an empty one accepts again."""
        with self._lock:
            self._refused[address.casefold()] = reply

    def clear(self) -> None:
        with self._lock:
            self.greylisting = False
            self._queue.clear()
            self._refused.clear()
            self._seen.clear()

    def take(self, stage: str) -> SmtpFault | None:
        with self._lock:
            return self._first(lambda fault: fault.at == stage)

    def _first(self, fits: Callable[[SmtpFault], bool]) -> SmtpFault | None:
        for index, fault in enumerate(self._queue):
            if fits(fault):
                return self._queue.pop(index)
        return None

    def answer_to(self, sender: str, recipient: str) -> str:
        """The refusal of this recipient, or "" when it is welcome."""
        with self._lock:
            refusal = self._refused.get(recipient.casefold(), "")
            pair = (sender.casefold(), recipient.casefold())
            if not refusal and self.greylisting and pair not in self._seen:
                self._seen.add(pair)
                return GREYLISTED
            return refusal

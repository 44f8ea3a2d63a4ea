"""The machinery of the tour: run the steps, wait for what they expect, show the evidence."""

import re
import textwrap
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx2

from bot.sandbox.demo.stage import Stage
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.slack.messages import Message

PATIENCE_SECONDS = 60.0

Found = TypeVar("Found")
Step = Callable[["Tour"], None]


class StepFailed(Exception):
    """What the step expected and did not see."""


@dataclass
class Tour:
    """Runs step after step, printing as it goes; `failures` are sentences."""

    stage: Stage
    say: Callable[[str], None]
    failures: list[str] = field(default_factory=list)
    number: int = 0
    skip: threading.Event = field(default_factory=threading.Event)  # set: no further step

    def run(self, steps: Sequence["Step"]) -> bool:
        """True when every step saw what it should; a step's docstring is its announcement."""
        began = time.monotonic()
        for step in steps:
            if self.skip.is_set():
                self.say("\nThe rest of the tour is skipped.")
                return not self.failures
            self._run(step)
        told = f"{self.number} steps in {time.monotonic() - began:.0f} s"
        failed = "; ".join(self.failures)
        self.say(f"\nThe tour failed: {failed}" if failed else f"\nThe tour is complete: {told}.")
        return not self.failures

    def _run(self, step: "Step") -> None:
        self.number += 1
        self.say(f"\n{self.number}. {step.__doc__}")
        try:
            step(self)
        except (StepFailed, LookupError, TimeoutError, AssertionError, httpx2.HTTPError) as error:
            self.failures.append(f"step {self.number} ({error})")
            self.show("FAILED", str(error) or type(error).__name__)

    def show(self, what: str, evidence: object) -> None:
        lines = textwrap.wrap(str(evidence), 96) or [""]
        self.say(f"   {what:<16}{lines[0]}")
        for line in lines[1:]:
            self.say(f"   {'':<16}{line}")

    def wait(self, what: str, look: Callable[[], Found | None]) -> Found:
        """The first thing that `look` finds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            time.sleep(0.1)
        raise StepFailed(f"no {what} within {PATIENCE_SECONDS:.0f} s")

    def mail(self, *words: str) -> ReceivedMail:
        """The newest mail whose subject holds all `words`."""

        def look() -> ReceivedMail | None:
            mails = [m for m in self.stage.mail.messages if all(w in m.subject for w in words)]
            return mails[-1] if mails else None

        return self.wait(f"mail about {' '.join(words)}", look)

    def post(self, channel: str, *words: str) -> Message:
        """The newest message of a channel that says all `words`."""

        def look() -> Message | None:
            messages = self.stage.slack.workspace.channel(channel).messages
            said = [m for m in messages if all(w in _all_text(m) for w in words)]
            return said[-1] if said else None

        return self.wait(f"post in {channel} saying {' '.join(words)}", look)

    def card(self, person_id: str, *words: str) -> Message:
        """The person's newest card that says all `words` now."""
        person = self.stage.person(person_id)

        def look() -> Message | None:
            cards = [m for m in person.messages() if m.thread_ts is None]
            said = [m for m in cards if all(w in _all_text(m) for w in words)]
            return said[-1] if said else None

        return self.wait(f"card saying {' '.join(words)}", look)

    def expect(self, *, truth: bool, otherwise: str) -> None:
        if not truth:
            raise StepFailed(otherwise)

    def save(self, mail: ReceivedMail) -> list[Path]:
        """The mail and its attachments as files."""
        return [path.relative_to(Path.cwd()) for path in _save(mail, self.stage.folder)]


def _save(mail: ReceivedMail, folder: Path) -> list[Path]:
    place = folder / "mail"
    place.mkdir(exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", mail.subject.partition(" from ")[0])
    written = [place / f"{name}.eml"]
    written[0].write_bytes(mail.raw)
    for attachment in mail.attachments:
        path = place / Path(attachment.filename).name
        path.write_bytes(attachment.content)
        written.append(path)
    return written


def _all_text(message: Message) -> str:
    return f"{message.text}\n{message.visible_text()}"

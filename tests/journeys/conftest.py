"""The product as processes on loopback, once for each module, beside the demo's stand-ins."""

import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.sandbox.demo.stage import Stage
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.slack.messages import Message
from commands.export_ledger import service as export_ledger
from storage.database import Database

PATIENCE_SECONDS = 60.0
SALLY, MARA, CARL, NORA = "U04SALLY", "U02MARA", "U03CARL", "U06NORA"

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """On SQLite, or on the database that the module's parameter names."""
    url = ""
    if getattr(request, "param", "") == "postgresql":
        url = request.getfixturevalue("postgresql").new_url()  # `migrate` will create it
    with Stage(tmp_path_factory.mktemp("stage"), database_url=url) as started:
        yield started


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """The first thing `look` finds; fails the test when there is none in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} within {PATIENCE_SECONDS:.0f} s")


def send_invoice(stage: Stage, who: str, number: str, **form: str) -> None:
    """Type the command, fill the form by its labels, press Send."""
    person = stage.person(who)
    answer = person.command("/pay", f"invoice {number}", channel="#payments")
    assert answer.trouble is None, answer
    modal = person.modal
    for label, text in form.items():
        modal.fill(label.replace("_", " "), text)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors


def mails_about(stage: Stage, *words: str) -> list[ReceivedMail]:
    return [m for m in stage.mail.messages if all(word in m.subject for word in words)]


def mail_about(stage: Stage, *words: str) -> ReceivedMail:
    return wait_for(lambda: mails_about(stage, *words), f"mail about {words}")[-1]


def posts(stage: Stage, *words: str, channel: str = "#payments") -> list[Message]:
    shown = stage.slack.workspace.channel(channel).messages
    return [m for m in shown if all(word in f"{m.text}\n{m.visible_text()}" for word in words)]


def card_of(stage: Stage, who: str, *words: str) -> Message:
    """The person's card that says all `words` by now."""

    def look() -> Message | None:
        said = stage.person(who).messages()
        parents = [m for m in said if m.thread_ts is None]
        own = [m for m in parents if all(w in f"{m.text}\n{m.visible_text()}" for w in words)]
        return own[-1] if own else None

    return wait_for(look, f"card saying {words}")


def link_in(stage: Stage, mail: ReceivedMail) -> str:
    found = re.search(rf"{re.escape(stage.base_url)}/pay/[\w-]+", mail.text)
    assert found, mail.text
    return found[0]


def ledger_of(stage: Stage) -> dict[str, Any]:
    """What `export-ledger` prints, without a process that has to start for each look."""
    return export_ledger.ledger(_books(stage.database_url))


@cache
def _books(url: str) -> Database:
    """Open as long as the run: statements that are compiled stay compiled."""
    return Database(url)


def ledger_row(stage: Stage, kind: str, **wanted: Any) -> dict[str, Any]:
    """The only row of `kind` with these values."""
    rows: list[dict[str, Any]] = ledger_of(stage)[kind]
    [row] = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def save(mail: ReceivedMail, folder: Path) -> Path:
    """The mail's only attachment as a file."""
    [attachment] = mail.attachments
    path = folder / "invoice.pdf"
    path.write_bytes(attachment.content)
    return path

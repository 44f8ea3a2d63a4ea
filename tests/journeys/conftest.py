"""The product as processes on loopback, beside the demo's stand-ins."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx2
import pytest
from pypdf import PdfReader

from bot.sandbox import loopback
from bot.sandbox.demo.stage import Stage
from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.slack.messages import Message
from commands.export_ledger import service as export_ledger
from storage.database import Database
from tests import warm

PATIENCE_SECONDS = 60.0
SALLY, MARA, CARL, NORA, ANNA = "U04SALLY", "U02MARA", "U03CARL", "U06NORA", "U01ANNA"
DROPPED = "invoice_number,customer_id,issue_date,version,total\n"

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """One of the module's own, on SQLite or on the database that the module's parameter names."""
    url = ""
    if getattr(request, "param", "") == "postgresql":
        url = request.getfixturevalue("postgresql").new_url()  # `migrate` will create it
    with Stage(tmp_path_factory.mktemp("stage"), database_url=url, launch=warm.launch) as started:
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
    return export_ledger.ledger(books_of(stage))


def books_of(stage: Stage) -> Database:
    return _open(stage.database_url)


@cache  # as long as the run: statements that are compiled stay compiled
def _open(url: str) -> Database:
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


# -- what a customer does -------------------------------------------------------------------------


def press(link: str, method: str, **form: str) -> str:
    """Press a pay button; the id of the checkout session it led to."""
    pressed = loopback.post(link, data={"method": method} | form, timeout=PATIENCE_SECONDS)
    assert pressed.status_code == httpx2.codes.SEE_OTHER, pressed.text
    return str(pressed.headers["Location"]).rpartition("/")[2].partition("#")[0]


def paid(stage: Stage, number: str) -> str:
    """Mail the invoice and pay it by card; the link."""
    send_invoice(stage, SALLY, number)
    link = link_in(stage, mail_about(stage, number))
    stage.stripe.pay(press(link, "card"), email="books@payer.test")
    wait_for(lambda: posts(stage, number, "paid"), "confirmation")
    return link


def payment_of(stage: Stage, number: str) -> str:
    """The id of the only payment that the invoice has something of."""
    [row] = [p for p in ledger_of(stage)["payments"] if number in str(p["allocations"])]
    return str(row["id"])


def links_in(pdf: Path) -> set[str]:
    """The address of every link annotation."""
    annotations = (a.get_object() for page in PdfReader(pdf).pages for a in page.get("/Annots", []))
    return {str(a["/A"]["/URI"]) for a in annotations if "/A" in a and "/URI" in a["/A"]}


# -- what an ERP does -----------------------------------------------------------------------------


def drop(stage: Stage, *row: str) -> None:
    """One invoice issued today, the company's, in a file.

    As an ERP should: write under another name, then rename; it lay there for a minute.
    """
    issued = datetime.now(ZoneInfo(stage.settings["COMPANY_TIMEZONE"])).date()
    number, customer, version, total = row
    text = f"{DROPPED}{number},{customer},{issued},{version},{total}\n"
    partial = stage.import_dir / "invoices.csv.part"
    partial.write_text(text, encoding="utf-8")
    os.utime(partial, (time.time() - 60, time.time() - 60))
    partial.rename(stage.import_dir / "invoices.csv")
    # The clock looks every half minute; whoever does not want to wait looks at once.
    json.loads(stage.verb("run-due"))

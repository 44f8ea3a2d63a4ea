"""However somebody comes to the send form, what leaves the house is the same, up to ids.

Each way in is one row of `WAYS_IN`: it leaves the person with the send form open, or with the mail
queued. What can be seen afterwards from outside (card, mail, PDF, page, ledger, audit) is compared
with what `/pay invoice INV-1042` leads to.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from io import BytesIO
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from bot.adapters.slack_announcer import SlackAnnouncer
from bot.sandbox.slack.person import Person
from commands.access import DELIVERER
from commands.deliver.service import deliver_next
from commands.desk import Carriers
from commands.export_ledger.service import ledger
from renderers.html_to_pdf import PdfPool
from tests.builders import SALLY, add_customer, add_invoice, add_order
from tests.commands.deliver.posting import body, parsed, pdf
from tests.conftest import furnished
from tests.databases import Fresh
from tests.slack_room import SlackRoom, slack_room

WayIn = Callable[[Person], None]

_DRAFT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def typed(text: str) -> WayIn:
    def way(person: Person) -> None:
        assert person.command("/pay", text, channel="#payments").ok

    return way


def the_launcher_s_button(person: Person) -> None:
    [message] = person.command("/pay", channel="#payments").shown
    person.press(message, "Send an invoice")
    person.modal.pick("*Which invoice?*", "INV-1042", search="1042")


def email_docs_in_the_summary(person: Person) -> None:
    person.command("/pay", "order", channel="#payments")
    person.modal.press("Email Docs")


def email_docs_in_the_summary_of_the_launcher(person: Person) -> None:
    [message] = person.command("/pay", channel="#payments").shown
    person.press(message, "Order Summary")
    person.modal.press("Email Docs")


def email_docs_in_the_order_s_view(person: Person) -> None:
    person.command("/pay", "order 88213", channel="#payments")
    person.modal.press("Email Docs")


# New ways in are added here: New order with Send, Issue invoice and send, the automatic invoice.
WAYS_IN: dict[str, WayIn] = {
    "a bare number": typed("1042"),
    "an order's number": typed("88213"),
    "the launcher's button": the_launcher_s_button,
    "Order Summary, Email Docs": email_docs_in_the_summary,
    "launcher, Order Summary, Email Docs": email_docs_in_the_summary_of_the_launcher,
    "/pay order NUMBER, Email Docs": email_docs_in_the_order_s_view,
}


@dataclass(frozen=True)
class Seen:
    """Everything that can be seen from outside after the mail has left."""

    card: str
    headers: dict[str, str]
    text: str
    html: str
    pdf_text: str
    pdf_links: set[str]
    attachment_name: str
    page: str
    ledger: dict[str, Any]

    @property
    def audit(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.ledger["audit"]
        return entries


@pytest.fixture(scope="module")
def pdfs() -> Iterator[PdfPool]:
    pool = PdfPool(workers=1)
    yield pool
    pool.close()


def sent_by(fresh: Fresh, pdfs: PdfPool, way_in: WayIn) -> Seen:
    """Go in that way on a fresh database, press Send, let the worker work, and look."""
    fresh.restore()
    room = furnished(fresh.database)
    room.desk = replace(room.desk, pdfs=pdfs)
    with room.desk.database.writing() as session:
        add_customer(session)
        add_order(session)
        add_invoice(session)
    with slack_room(room) as stage:
        sally = stage.person(SALLY)
        way_in(sally)
        if sally.has_modal:
            assert sally.modal.submit().action == "clear"
        room.clock.advance(minutes=1)
        work(stage)
        return look(stage)


def work(stage: SlackRoom) -> None:
    announcer = SlackAnnouncer(stage.slack.bot_token, stage.slack.api_url)
    carriers = Carriers(stage.room.mailer, announcer)
    while deliver_next(DELIVERER, stage.desk, carriers):
        pass


def look(stage: SlackRoom) -> Seen:
    [envelope] = stage.room.mailer.sent
    mail = parsed(envelope)
    found = re.search(r"/pay/([\w-]+)", body(mail, "plain"))
    assert found is not None
    page = httpx2.get(f"{stage.url}/pay/{found[1]}", trust_env=False)
    assert page.status_code == httpx2.codes.OK
    [card] = stage.person(SALLY).messages()
    reader = PdfReader(BytesIO(pdf(mail)))
    [attachment] = mail.iter_attachments()
    books = ledger(stage.desk.database)
    [link] = books["links"]
    new = {found[1]: "TOKEN", link["id"]: "LINK", str(mail["Message-ID"]): "MESSAGE-ID"}
    return Seen(
        card=alike(json.dumps([card.text, *map(nameless, card.blocks)]), new),
        headers={name: alike(v, new) for name, v in mail.items() if name != "Content-Type"},
        text=alike(body(mail, "plain"), new),
        html=alike(body(mail, "html"), new),
        pdf_text=alike("".join(text_of(reader).split()), new),
        pdf_links={alike(link, new) for link in annotations(reader)},
        attachment_name=attachment.get_filename() or "",
        page=alike(page.text, new),
        ledger=json.loads(alike(json.dumps(books), new)),
    )


def nameless(block: dict[str, Any]) -> dict[str, Any]:
    """Without the id that Slack gives a block."""
    return {name: value for name, value in block.items() if name != "block_id"}


def text_of(reader: PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages)


def annotations(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        for annotation in page.get("/Annots") or ():
            yield str(annotation.get_object()["/A"]["/URI"])


def alike(text: str, new: dict[str, str]) -> str:
    """Without what is new each time: `new` maps it to a word that stands for it."""
    for value, word in new.items():
        text = text.replace(value, word)
    return _DRAFT.sub("DRAFT", text)


@pytest.fixture(scope="module")
def known() -> dict[str, Seen]:
    """What the command with the invoice's number leads to, on each kind of database."""
    return {}


@pytest.mark.parametrize("name", WAYS_IN)
def test_what_leaves_the_house_is_the_same_from_every_entry_point(
    fresh: Fresh, pdfs: PdfPool, known: dict[str, Seen], database_kind: str, name: str
) -> None:
    if database_kind not in known:
        known[database_kind] = sent_by(fresh, pdfs, typed("invoice INV-1042"))
    expected = known[database_kind]
    seen = sent_by(fresh, pdfs, WAYS_IN[name])
    for part in fields(Seen):
        assert getattr(seen, part.name) == getattr(expected, part.name), part.name
    assert seen.pdf_links == {"https://pay.bloom.test/pay/TOKEN"}
    assert "USD 125.00" in seen.page
    assert "INV-1042" in seen.card
    acts = [entry["action"] for entry in seen.audit if entry["actor"] == SALLY.id]
    assert acts == ["issue_link", "send_invoice"]

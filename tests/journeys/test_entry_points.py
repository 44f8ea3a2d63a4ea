"""However somebody comes to the send form, what leaves the house is the same, up to ids.

Each way in is one row of `WAYS_IN` or `ISSUING`: it leaves the person with the send form open, or
with the mail queued. What can be seen afterwards from outside (card, mail, PDF, page, ledger,
audit) is compared with what `/pay invoice INV-1042` leads to.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from bot.adapters.slack_announcer import SlackAnnouncer
from bot.sandbox import loopback
from bot.sandbox.slack.person import Person
from commands.access import AUTOMATIC, DELIVERER
from commands.automatic_invoices.service import send_next
from commands.deliver.service import deliver_next
from commands.desk import Carriers
from commands.export_ledger.service import ledger
from renderers.html_to_pdf import PdfPool
from storage.number_series import NumberSeries
from tests.builders import NOW, SALLY, add_customer, add_invoice, add_order
from tests.commands.deliver.posting import body, parsed, pdf
from tests.conftest import furnished
from tests.databases import Fresh
from tests.importing import Inbox
from tests.slack_room import SlackRoom, slack_room

WayIn = Callable[[Person], None]
Entry = Callable[[SlackRoom], None]

_ISSUED, _DUE = NOW.date(), date(2026, 3, 14)
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


def a_new_order_reviewed(person: Person) -> None:
    person.command("/pay", "order new blue iris", channel="#payments")
    person.modal.fill("PO", "7781")
    person.modal.pick("Due date", _DUE.isoformat())
    person.modal.fill("Lines", "1 box x Roses Freedom red 60 cm @ 125.00")
    assert person.modal.submit().action == "push"


def issue_invoice_and_send(person: Person) -> None:
    person.command("/pay", "order 88213", channel="#payments")
    person.modal.press("Issue invoice and send")


WAYS_IN: dict[str, WayIn] = {
    "a bare number": typed("1042"),
    "an order's number": typed("88213"),
    "the launcher's button": the_launcher_s_button,
    "Order Summary, Email Docs": email_docs_in_the_summary,
    "launcher, Order Summary, Email Docs": email_docs_in_the_summary_of_the_launcher,
    "/pay order NUMBER, Email Docs": email_docs_in_the_order_s_view,
}

# How far the books have come before, the way in, and what is done beyond sending.
ISSUING: dict[str, tuple[str, WayIn, list[str]]] = {
    "New order, Review, Send": (
        "",
        a_new_order_reviewed,
        ["create_order", "issue_invoice"],
    ),
    "/pay order NUMBER, Issue invoice and send": (
        "order",
        issue_invoice_and_send,
        ["issue_invoice"],
    ),
}


@dataclass(frozen=True)
class Seen:
    """Everything that can be seen from outside after the mail has left."""

    cards: list[str]
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


def sent_by(fresh: Fresh, pdfs: PdfPool, entry: Entry, *, books: str = "invoice") -> Seen:
    """Go in that way on a fresh database, let the worker work, and look.

    `books`: how far they have come, "" (a customer alone), "order" or "invoice".
    """
    fresh.restore()
    room = furnished(fresh.database)
    # The next order that is taken here gets 88213, the next invoice INV-1042.
    policy = replace(room.desk.policy, order_prefix="")
    room.desk = replace(room.desk, pdfs=pdfs, policy=policy)
    with room.desk.database.writing() as session:
        session.add_all(NumberSeries(prefix=p, last=n) for p, n in (("", 88212), ("INV-", 1041)))
        add_customer(session, sales_rep=SALLY.id)
        if books:
            add_order(session, created_by=SALLY.id, due_date=_DUE)
        if books == "invoice":
            add_invoice(session, issue_date=_ISSUED)
    with slack_room(room) as stage:
        entry(stage)
        room.clock.advance(minutes=1)
        work(stage)
        return look(stage)


def by_sally(way_in: WayIn) -> Entry:
    """She goes in that way and presses Send."""

    def enter(stage: SlackRoom) -> None:
        sally = stage.person(SALLY)
        way_in(sally)
        if sally.has_modal:
            assert sally.modal.submit().action in ("clear", "update")

    return enter


def imported_into(folder: Path) -> Entry:
    """Nobody does anything: the invoice comes by import, and the clock mails it."""

    def enter(stage: SlackRoom) -> None:
        report = Inbox(stage.desk, folder).bring(
            invoices=f"""\
                invoice_number,customer_id,order_number,issue_date,due_date,po_number
                INV-1042,C1,88213,{_ISSUED},{_DUE},7781
                """,
            lines="""\
                invoice_number,line,description,quantity,unit,unit_price
                INV-1042,1,Roses Freedom red 60 cm,1,box,125.00
                """,
        )
        assert not report.refused
        assert send_next(AUTOMATIC, stage.desk)

    return enter


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
    page = loopback.get(f"{stage.url}/pay/{found[1]}")
    assert page.status_code == httpx2.codes.OK
    cards = stage.person(SALLY).messages()
    reader = PdfReader(BytesIO(pdf(mail)))
    [attachment] = mail.iter_attachments()
    books = ledger(stage.desk.database)
    [link] = books["links"]
    new = {found[1]: "TOKEN", link["id"]: "LINK", str(mail["Message-ID"]): "MESSAGE-ID"}
    return Seen(
        cards=[alike(json.dumps([c.text, *map(nameless, c.blocks)]), new) for c in cards],
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


@pytest.fixture
def expected(fresh: Fresh, pdfs: PdfPool, known: dict[str, Seen], database_kind: str) -> Seen:
    if database_kind not in known:
        known[database_kind] = sent_by(fresh, pdfs, by_sally(typed("invoice INV-1042")))
    return known[database_kind]


def require_alike(seen: Seen, expected: Seen) -> None:
    for part in fields(Seen):
        assert getattr(seen, part.name) == getattr(expected, part.name), part.name
    assert seen.pdf_links == {"https://pay.bloom.test/pay/TOKEN"}
    assert "USD 125.00" in seen.page


def acts(seen: Seen, actor_id: str) -> list[str]:
    return [entry["action"] for entry in seen.audit if entry["actor"] == actor_id]


@pytest.mark.parametrize("name", WAYS_IN)
def test_what_leaves_the_house_is_the_same_from_every_entry_point(
    fresh: Fresh, pdfs: PdfPool, expected: Seen, name: str
) -> None:
    seen = sent_by(fresh, pdfs, by_sally(WAYS_IN[name]))
    require_alike(seen, expected)
    [card] = seen.cards
    assert "INV-1042" in card
    assert acts(seen, SALLY.id) == ["issue_link", "send_invoice"]


@pytest.mark.parametrize("name", ISSUING)
def test_an_invoice_that_is_issued_on_the_way_leaves_as_one_that_was_there(
    fresh: Fresh, pdfs: PdfPool, expected: Seen, name: str
) -> None:
    books, way_in, issuing = ISSUING[name]
    seen = sent_by(fresh, pdfs, by_sally(way_in), books=books)
    assert acts(seen, SALLY.id) == [*issuing, "issue_link", "send_invoice"]
    require_alike(without(seen, issuing), expected)


def test_what_is_mailed_by_itself_is_what_sally_would_have_sent(
    fresh: Fresh, pdfs: PdfPool, expected: Seen, tmp_path: Path
) -> None:
    seen = sent_by(fresh, pdfs, imported_into(tmp_path), books="order")
    assert seen.cards == [], "the import has its report in the channel"
    assert seen.headers.pop("Auto-Submitted") == "auto-generated"
    require_alike(without(seen, ["import_files"]), as_if_by_itself(expected))


def without(seen: Seen, actions: list[str]) -> Seen:
    audit = [entry for entry in seen.audit if entry["action"] not in actions]
    return replace(seen, ledger=seen.ledger | {"audit": audit})


def as_if_by_itself(seen: Seen) -> Seen:
    """The same mail with nobody who pressed Send, so with nobody who gets a card."""
    books = json.dumps(seen.ledger)
    named = {
        SALLY.id: AUTOMATIC.id,
        '"role": "Sales"': '"role": "system"',
        "invoice-mail:DRAFT": "auto-invoice:INV-1042:v1",
    }
    theirs = json.loads(alike(books, named))
    theirs["deliveries"] = [row for row in theirs["deliveries"] if row["kind"] == "email"]
    return replace(seen, cards=[], ledger=theirs)

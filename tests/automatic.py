"""An office whose invoices are imported and mailed by themselves, on 10 March 2026."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlmodel import select

from commands.access import AUTOMATIC
from commands.automatic_invoices.service import report_next, send_next
from commands.import_files.report import ImportReport
from storage.automatic_invoices import AutomaticInvoice
from storage.customers import Contact
from storage.database import Database
from storage.deliveries import Delivery
from tests.commands.deliver.posting import drain, parsed
from tests.conftest import Room
from tests.importing import Inbox

CUSTOMERS = """\
customer_id,name,invoice_emails
C1,Blue Iris Florist,ap@iris.test;owner@iris.test
C2,Red Poppy,red@poppy.test
"""
ONE = "INV-7,C1,2026-03-10,1,125.00"
LINK = "https://pay.bloom.test/pay/"
HEADER = "invoice_number,customer_id,issue_date,version,total\n"


class Office:
    def __init__(self, room: Room, folder: Path) -> None:
        self.room = room
        self.inbox = Inbox(room.desk, folder)
        self.inbox.bring(customers=CUSTOMERS)

    @property
    def database(self) -> Database:
        return self.room.desk.database

    def policy(self, **own: Any) -> None:
        """As if the processes had been started anew with other settings."""
        desk = self.room.desk
        self.room.desk = self.inbox.desk = replace(desk, policy=replace(desk.policy, **own))

    def bring(self, *rows: str, **files: Any) -> ImportReport:
        """Import invoices, each "NUMBER,CUSTOMER,DATE,VERSION,TOTAL", and other files with them."""
        return self.inbox.bring(invoices=HEADER + "".join(f"{row}\n" for row in rows), **files)

    def decide(self) -> int:
        """What the clock does; how many were decided about."""
        decided = 0
        while send_next(AUTOMATIC, self.room.desk):
            decided += 1
        return decided

    def work(self) -> None:
        """What the clock and the workers do, until nothing is left."""
        self.decide()
        while drain(self.room) or report_next(AUTOMATIC, self.room.desk):
            pass

    def rows(self) -> dict[tuple[str, int], tuple[str, str]]:
        """State and reason by number and version."""
        with self.database.reading() as session:
            own = select(AutomaticInvoice).order_by(AutomaticInvoice.invoice_number)
            found = session.exec(own).all()
        return {(row.invoice_number, row.version): (row.state, row.reason) for row in found}

    def mails(self) -> list[Delivery]:
        """Every mail that was queued, in order."""
        with self.database.reading() as session:
            own = select(Delivery).where(Delivery.kind == "email")
            return sorted(session.exec(own), key=lambda row: row.id or 0)

    def received(self) -> list[EmailMessage]:
        return [parsed(envelope) for envelope in self.room.mailer.sent]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.received()]

    def said(self) -> list[str]:
        """What the channel was told, with everything that its blocks show."""
        posts = (p for p in self.room.announcer.posts if p.channel == "#payments")
        return [f"{post.text}\n{_shown(post.blocks)}" for post in posts]

    def refuse(self, *addresses: str) -> None:
        """As if the mail server had refused these before."""
        with self.database.writing() as session:
            for row in session.exec(select(Contact)):
                if row.address in addresses:
                    row.refused = "550 no such user"
                    session.add(row)


def _shown(blocks: list[dict[str, Any]] | Any) -> str:
    texts = [text for b in blocks for text in (b.get("text"), *b.get("elements", []))]
    return "\n".join(str(text.get("text")) for text in texts if isinstance(text, dict))

"""What is to be sent, mail by mail, as it stands now: read for the review, and kept from it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.bulk_send import deciding
from commands.bulk_send.answers import PolicyAnswer
from commands.bulk_send.order import BulkMail, BulkOrder
from commands.desk import Desk
from commands.errors import NotFound
from commands.open_invoices import service
from commands.open_invoices.mails import MailKey, ReviewMail, Size, key_of
from commands.send_invoice.checks import MOST_MESSAGE, MOST_RECIPIENTS
from storage import candidates, customers, selections
from storage.candidates import Fallen
from storage.customers import Contact
from storage.selections import Selection, SelectionRecipients
from storage.unit_of_work import repeatable

_UNKNOWN = "This list is not known any more. Please open a new one: /pay open"


@dataclass(frozen=True, slots=True)
class Review:
    """`answer` is None while nothing is ticked; `fallen`: what had to be left out just now."""

    window_id: str
    selection_id: str
    message: str
    attach_pdfs: bool
    mails: tuple[ReviewMail, ...]
    answer: PolicyAnswer | None
    fallen: tuple[Fallen, ...] = ()

    @property
    def customers(self) -> int:
        return Size(self.mails).customers

    @property
    def invoices(self) -> int:
        return sum(len(mail.rows) for mail in self.mails)

    @property
    def totals(self) -> list[tuple[str, int]]:
        """Minor units by currency, the largest first."""
        sums = Size(self.mails).totals
        return sorted(sums.items(), key=lambda item: (-item[1], item[0]))

    def with_options(self, filled: "Filled") -> "Review":
        """The same with message and PDFs as they were filled in."""
        message, attach_pdfs = _options(self, filled)
        return replace(self, message=message, attach_pdfs=attach_pdfs)

    def mistakes(self, typed: Mapping[MailKey, str]) -> dict[MailKey, str]:
        """What is wrong with the addresses once those `typed` stand in their place."""
        mails = (replace(mail, typed=typed.get(mail.key, mail.typed)) for mail in self.mails)
        return {mail.key: mail.mistake for mail in mails if mail.mistake}

    @property
    def seen(self) -> str:
        """Changes whenever anything that a person agrees to does, but for the message."""
        told = [
            (mail.key, mail.typed, [(row.number, row.balance) for row in mail.rows])
            for mail in self.mails
        ]
        return hashlib.sha256(repr((told, self.answer)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the review; `typed`: addresses that were changed on this page, by mail.

    `page` counts from 0; `seen` is that of the review that was drawn; `message`, `attach_pdfs`:
    None where the review has no such field; `shown`: the mails on this page.
    """

    window_id: str
    page: int
    seen: str
    typed: dict[MailKey, str]
    message: str | None
    attach_pdfs: bool | None
    own_reason: str = ""
    shown: frozenset[MailKey] = frozenset()


def load(actor: Actor, desk: Desk, *, window_id: str, fallen: tuple[Fallen, ...] = ()) -> Review:
    """Raises `NotFound` for a window that is somebody else's or forgotten."""
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.reading() as session:
        selection = _selection(session, actor, window_id)
        mails = _mails(session, selection.id)
        answer = deciding.decide(session, actor, desk, Size(mails)) if mails else None
    return Review(
        window_id=window_id,
        selection_id=selection.id,
        message=selection.message,
        attach_pdfs=selection.attach_pdfs,
        mails=mails,
        answer=answer,
        fallen=fallen,
    )


def mails_of(actor: Actor, desk: Desk, *, selection_id: str) -> tuple[ReviewMail, ...]:
    """Raises `NotFound` for a selection that is somebody else's or forgotten."""
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.reading() as session:
        selection = session.get(Selection, selection_id)
        if selection is None or selection.owner != actor.id:
            raise NotFound(_UNKNOWN)
        return _mails(session, selection_id)


@audited("review_bulk_send", about="filled.window_id")
@repeatable
def keep(actor: Actor, desk: Desk, *, filled: Filled, without: MailKey = "") -> tuple[Fallen, ...]:
    """Remember what was filled in, and take the mail `without` out.

    Returns what had to be left out. Raises `NotFound`, or `Refused` when it was sent meanwhile.
    """
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.writing() as session:
        selection, _ = service.own(session, actor, filled.window_id)
        selection.message, selection.attach_pdfs = _options(selection, filled)
        selection.changed_at = desk.clock.now()
        session.add(selection)
        gone = service.drop_fallen(session, selection)
        for customer_id, currency in candidates.owners(session, selection.id):
            key = key_of(customer_id, currency)
            if key == without:
                own = candidates.numbers_of(session, selection.id, customer_id, currency)
                selections.untick(session, selection.id, own)
            elif key in filled.typed:
                row = SelectionRecipients(
                    selection_id=selection.id,
                    customer_id=customer_id,
                    currency=currency,
                    typed=filled.typed[key],
                )
                selections.save_recipients(session, row)
        return gone


def order(review: Review, own_reason: str = "") -> BulkOrder:
    """What is asked for, with the id of the selection: sent twice, it is one send."""
    mails = tuple(_mail(mail) for mail in review.mails)
    return BulkOrder(
        request_id=review.selection_id,
        mails=mails,
        message=review.message,
        attach_pdfs=review.attach_pdfs,
        own_reason=own_reason,
    )


def _options(before: "Review | Selection", filled: Filled) -> tuple[str, bool]:
    """Message and PDFs, as they were where the review did not ask."""
    message = before.message if filled.message is None else filled.message[:MOST_MESSAGE].strip()
    attach = before.attach_pdfs if filled.attach_pdfs is None else filled.attach_pdfs
    return message, attach


def _mail(mail: ReviewMail) -> BulkMail:
    numbers = tuple(row.number for row in mail.rows)
    return BulkMail(mail.customer_id, mail.currency, numbers, mail.recipients)


def _selection(session: Session, actor: Actor, window_id: str) -> Selection:
    window = selections.window(session, window_id)
    selection = session.get(Selection, window.selection_id) if window else None
    if selection is None or selection.owner != actor.id:
        raise NotFound(_UNKNOWN)
    return selection


def _mails(session: Session, selection_id: str) -> tuple[ReviewMail, ...]:
    """By customer and currency; addresses are those on file unless others were typed."""
    rows = candidates.ticked(session, selection_id)
    on_file = customers.contacts_of_all(session, {row.customer_id for row in rows}, "invoice")
    typed = selections.recipients(session, selection_id)
    by_mail = sorted(rows, key=lambda row: (row.customer_name, row.customer_id, row.currency))
    found = []
    for (_, customer_id, code), group in groupby(
        by_mail, key=lambda row: (row.customer_name, row.customer_id, row.currency)
    ):
        own, contacts = tuple(group), tuple(on_file.get(customer_id, ()))
        text = typed.get((customer_id, code), _prefilled(contacts))
        found.append(ReviewMail(customer_id, own[0].customer_name, code, own, text, contacts))
    return tuple(found)


def _prefilled(contacts: Sequence[Contact]) -> str:
    """The addresses on file, but for those that their mail server refused."""
    usable = [contact.address for contact in contacts if not contact.refused]
    return "\n".join(usable[:MOST_RECIPIENTS])

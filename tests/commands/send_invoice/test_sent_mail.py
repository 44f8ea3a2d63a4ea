from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox.slack.blocks import refusals
from commands import previews
from commands.access import Actor
from commands.deliver.card import mail_card
from commands.errors import NotFound, NotPermitted, Refused
from commands.keyring import Keyring
from commands.link_status.sent_view import sent_view
from commands.previews import PreviewExpired
from commands.send_invoice.preview import signed_pdf
from commands.send_invoice.sent_mail import DocumentGone, SentMail, SentPdf, show_sent
from renderers.slack_values import CardRecipient
from storage import deliveries, documents, users
from tests.builders import ANNA, CARL, MARA, NOBODY, NOW, SALLY
from tests.commands.deliver.posting import drain, parsed, pdf, queue_mail, row
from tests.conftest import Room

LONG = "&<>*" * 63 + "@x"


def a_sent_mail(room: Room) -> int:
    mail = queue_mail(room)
    drain(room)
    return mail


def opened(room: Room, mail: int, actor: Actor = SALLY) -> bytes:
    link = previews.sent_url(room.desk, actor, delivery_id=mail)
    return signed_pdf(room.desk, signed=link.rpartition("/")[2]).content


def is_offered(room: Room, mail_id: int) -> bool:
    with room.desk.database.reading() as session:
        mail = deliveries.find(session, mail_id)
        assert mail is not None
        return mail_card(session, room.desk, mail, shared=False).can_show_sent


def forget(room: Room) -> None:
    with room.desk.database.writing() as session:
        documents.forget_before(session, NOW + timedelta(days=1))


def test_the_facts_of_a_mail_are_shown_with_a_way_to_the_pdf(room: Room) -> None:
    mail = a_sent_mail(room)
    shown = show_sent(SALLY, room.desk, delivery_id=mail)
    assert shown.recipients == (CardRecipient("ap@iris.test", "sent", shown.recipients[0].reply),)
    assert (shown.status, shown.finished_at) == ("sent", NOW)
    assert shown.message_id == row(room.desk.database, mail).message_id
    [attached] = shown.pdfs
    assert attached.url.startswith("https://pay.bloom.test/preview/")


def test_the_pdf_is_the_mailed_attachment_byte_for_byte(room: Room) -> None:
    mail = a_sent_mail(room)
    assert opened(room, mail) == pdf(parsed(room.mailer.sent[0]))


def test_what_is_shown_stays_when_the_ledger_moves_on(room: Room) -> None:
    mail = a_sent_mail(room)
    room.desk = replace(room.desk, company=replace(room.desk.company, name="Another Name"))
    assert opened(room, mail) == pdf(parsed(room.mailer.sent[0]))


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [(SALLY, True), (ANNA, True), (MARA, True), (CARL, False), (NOBODY, False)],
)
def test_a_colleague_s_mail_is_shown_only_to_a_manager(
    room: Room, actor: Actor, allowed: bool
) -> None:
    mail = a_sent_mail(room)
    if allowed:
        assert show_sent(actor, room.desk, delivery_id=mail).pdfs
        assert opened(room, mail, actor)
    else:
        with pytest.raises(NotPermitted):
            show_sent(actor, room.desk, delivery_id=mail)
        with pytest.raises(NotPermitted):
            opened(room, mail, actor)


def test_a_role_taken_away_closes_the_link(room: Room) -> None:
    mail = a_sent_mail(room)
    with room.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    with pytest.raises(NotPermitted):
        opened(room, mail)


def test_the_link_expires_after_ten_minutes(room: Room) -> None:
    link = previews.sent_url(room.desk, SALLY, delivery_id=a_sent_mail(room))
    room.clock.advance(minutes=11)
    with pytest.raises(PreviewExpired):
        signed_pdf(room.desk, signed=link.rpartition("/")[2])


def test_a_forgotten_document_is_offered_no_more(room: Room) -> None:
    mail = a_sent_mail(room)
    assert is_offered(room, mail)
    forget(room)
    assert not is_offered(room, mail)
    shown = show_sent(SALLY, room.desk, delivery_id=mail)
    assert shown.pdfs == ()
    assert "no longer kept" in str(sent_view(shown))
    with pytest.raises(DocumentGone):
        opened(room, mail)


def test_a_document_whose_key_is_gone_cannot_be_shown(room: Room) -> None:
    mail = a_sent_mail(room)
    room.desk = replace(room.desk, keyring=Keyring((b"another key altogether",)))
    with pytest.raises(DocumentGone):
        opened(room, mail)


def test_nothing_is_shown_before_it_was_sent(room: Room) -> None:
    mail = queue_mail(room)
    assert not is_offered(room, mail)
    with pytest.raises(Refused, match="nothing to show"):
        show_sent(SALLY, room.desk, delivery_id=mail)


def test_a_post_is_no_mail(room: Room) -> None:
    mail = a_sent_mail(room)
    with pytest.raises(NotFound):
        show_sent(SALLY, room.desk, delivery_id=mail + 1)


@pytest.mark.parametrize("attached", [0, 1, 2])
def test_the_modal_is_one_that_slack_accepts(attached: int) -> None:
    pdfs = (SentPdf(LONG, "https://pay.bloom.test/preview/x.y"),) * attached
    people = tuple(CardRecipient(f"{n}{LONG}", "refused", LONG) for n in range(21))
    view = sent_view(SentMail(LONG, "unknown", people, NOW, f"<{LONG}>", pdfs))
    assert refusals(view, surface="modal") == []
    assert str(view).count(":x: refused") == 21

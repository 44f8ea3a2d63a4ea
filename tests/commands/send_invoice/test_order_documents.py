"""Email Docs: an order's confirmation, alone or beside its invoice, through form, mail and card."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from bot.sandbox.slack.blocks import refusals
from commands import previews
from commands.deliver.card import mail_card
from commands.errors import InvalidInput, NotFound, Refused, TooLate
from commands.link_status.sent_view import sent_view
from commands.send_invoice import draft
from commands.send_invoice.draft import Asked
from commands.send_invoice.preview import signed_pdf
from commands.send_invoice.retry import retry_send
from commands.send_invoice.sent_mail import sent_pdf, show_sent
from commands.send_invoice.service import SendInvoice, Sent, send_invoice, share_card, undo
from renderers.slack_blocks import mail_card as drawn
from renderers.slack_values import MailCard
from storage import deliveries
from tests.builders import CARL, NOW, SALLY, add_customer, add_invoice, add_order
from tests.commands.deliver.posting import body, by_purpose, drain, parsed, row
from tests.conftest import Room
from tests.slack_room import audited, rows

BOTH = SendInvoice(
    "draft-1",
    "INV-1042",
    ("ap@iris.test",),
    with_link=True,
    documents=("invoice", "order_confirmation"),
    order_number="88213",
)
ALONE = replace(BOTH, documents=("order_confirmation",), with_link=False)


@pytest.fixture
def shop(room: Room) -> Room:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_order(session)
        add_invoice(session)
    return room


def left(shop: Room, order: SendInvoice) -> tuple[Sent, EmailMessage]:
    """Send, let it leave, and read the one mail that left."""
    sent = send_invoice(SALLY, shop.desk, order=order)
    shop.clock.advance(minutes=1)
    drain(shop)
    [envelope] = shop.mailer.sent
    return sent, parsed(envelope)


def card_of(shop: Room, mail_id: int) -> MailCard:
    with shop.desk.database.reading() as session:
        mail = deliveries.find(session, mail_id)
        assert mail is not None
        return mail_card(session, shop.desk, mail, shared=False)


def attached(mail: EmailMessage) -> list[str]:
    return [part.get_filename() or "" for part in mail.iter_attachments()]


# -- both ---------------------------------------------------------------------------------------


def test_both_documents_are_one_mail_and_one_card(shop: Room) -> None:
    _, mail = left(shop, BOTH)
    assert attached(mail) == [
        "Bloom Wholesale Invoice INV-1042.pdf",
        "Bloom Wholesale Order confirmation 88213.pdf",
    ]
    assert mail["Subject"].startswith("Invoice INV-1042 from Bloom Wholesale")
    assert "the confirmation of order 88213" in body(mail, "plain")
    assert [each.kind for each in rows(shop.desk)].count("email") == 1
    [card] = by_purpose(shop.desk.database, "card")
    assert card.about == 1


def test_only_the_invoice_carries_the_link(shop: Room) -> None:
    _, mail = left(shop, BOTH)
    invoice, confirmation = (str(part.get_content()) for part in mail.iter_attachments())
    assert "https://pay.bloom.test/pay/" in invoice
    assert "/pay/" not in confirmation


def test_the_card_of_both_names_the_order_too(shop: Room) -> None:
    sent, _ = left(shop, BOTH)
    card = card_of(shop, sent.delivery_id)
    assert (card.title, card.number, card.with_order) == ("Invoice", "INV-1042", "88213")
    assert "With the confirmation of order 88213" in str(drawn(card).blocks)


def test_each_pdf_that_was_sent_can_be_opened(shop: Room) -> None:
    sent, mail = left(shop, BOTH)
    shown = show_sent(SALLY, shop.desk, delivery_id=sent.delivery_id)
    assert [each.title for each in shown.pdfs] == ["INV-1042", "order confirmation 88213"]
    opened = [signed_pdf(shop.desk, signed=each.url.rpartition("/")[2]) for each in shown.pdfs]
    assert [each.content for each in opened] == [
        part.get_content() for part in mail.iter_attachments()
    ]
    assert [each.name for each in opened] == attached(mail)
    assert refusals(sent_view(shown), surface="modal") == []


def test_a_document_that_the_mail_did_not_carry_cannot_be_opened(shop: Room) -> None:
    sent, _ = left(shop, BOTH)
    for position in (-1, 2):
        with pytest.raises(NotFound):
            sent_pdf(SALLY, shop.desk, delivery_id=sent.delivery_id, position=position)


def test_the_audit_names_both(shop: Room) -> None:
    send_invoice(SALLY, shop.desk, order=BOTH)
    [entry] = [each for each in audited(shop.desk, "ok") if each.action == "send_invoice"]
    assert (entry.object, entry.detail["order_confirmation"]) == ("INV-1042", "88213")


# -- the confirmation alone ---------------------------------------------------------------------


def test_a_confirmation_alone_is_a_mail_of_its_own_without_link(shop: Room) -> None:
    sent, mail = left(shop, ALONE)
    assert mail["Subject"] == (
        "Order confirmation 88213 from Bloom Wholesale \N{EN DASH} USD 125.00 (PO 7781)"
    )
    assert attached(mail) == ["Bloom Wholesale Order confirmation 88213.pdf"]
    assert "/pay/" not in body(mail, "plain") + body(mail, "html")
    stored = row(shop.desk.database, sent.delivery_id)
    assert (stored.purpose, stored.order_number) == ("order_confirmation", "88213")
    assert (stored.invoice_number, stored.link_id) == (None, None)
    assert [e.object for e in audited(shop.desk, "ok") if e.action == "send_invoice"] == ["88213"]


def test_its_card_speaks_of_no_money_and_no_link(shop: Room) -> None:
    sent, _ = left(shop, ALONE)
    card = card_of(shop, sent.delivery_id)
    assert (card.title, card.amounts, card.can_turn_off) == ("Order confirmation", None, False)
    shown = drawn(card)
    assert shown.text.startswith("Order confirmation 88213 for Blue Iris Florist. ")
    assert "Payment Link" not in str(shown.blocks)
    assert refusals({"text": shown.text, "blocks": shown.blocks}, surface="message") == []


def test_undo_stops_it(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ALONE)
    assert undo(SALLY, shop.desk, delivery_id=sent.delivery_id) == "88213"
    shop.clock.advance(minutes=1)
    drain(shop)
    assert shop.mailer.sent == []
    assert card_of(shop, sent.delivery_id).state == "undone"


def test_undo_that_comes_too_late_promises_no_link_to_turn_off(shop: Room) -> None:
    sent, _ = left(shop, ALONE)
    with pytest.raises(TooLate, match=r"cannot be undone\.$"):
        undo(SALLY, shop.desk, delivery_id=sent.delivery_id)


def test_retry_sends_it_to_whom_it_missed(shop: Room) -> None:
    shop.mailer.answers["ap@iris.test"] = (550, "No such user")
    sent = send_invoice(SALLY, shop.desk, order=ALONE)
    shop.clock.advance(minutes=1)
    drain(shop)
    assert card_of(shop, sent.delivery_id).can_retry
    shop.mailer.answers.clear()
    assert retry_send(SALLY, shop.desk, delivery_id=sent.delivery_id) == "88213"
    drain(shop)
    assert len(shop.mailer.sent) == 1
    assert not card_of(shop, sent.delivery_id).can_retry


def test_what_was_sent_is_shown_and_the_card_is_shared(shop: Room) -> None:
    sent, mail = left(shop, ALONE)
    shown = show_sent(SALLY, shop.desk, delivery_id=sent.delivery_id)
    assert (shown.number, len(shown.pdfs)) == ("88213", 1)
    [part] = mail.iter_attachments()
    assert sent_pdf(SALLY, shop.desk, delivery_id=sent.delivery_id).content == part.get_content()
    share_card(
        SALLY,
        shop.desk,
        delivery_id=sent.delivery_id,
        channel="C0SALES",
        channel_is_shared=False,
    )
    drain(shop)
    assert shop.announcer.posts[-1].channel == "C0SALES"
    assert "88213" in shop.announcer.posts[-1].text
    assert "ap@iris.test" not in str(shop.announcer.posts[-1].blocks)


def test_an_order_without_amounts_can_be_confirmed(shop: Room) -> None:
    with shop.desk.database.writing() as session:
        add_order(session, "SO-1", amounts=(), po_number="")
    _, mail = left(shop, replace(ALONE, order_number="SO-1", invoice_number=""))
    assert mail["Subject"] == "Order confirmation SO-1 from Bloom Wholesale"


# -- what is refused ----------------------------------------------------------------------------


def test_a_link_without_the_invoice_is_refused(shop: Room) -> None:
    with pytest.raises(InvalidInput) as caught:
        send_invoice(SALLY, shop.desk, order=replace(ALONE, with_link=True))
    assert caught.value.fields.keys() == {"link"}
    assert rows(shop.desk) == []


@pytest.mark.parametrize(
    "order",
    [
        replace(BOTH, documents=()),
        replace(BOTH, documents=("order_confirmation",), order_number="", with_link=False),
        replace(BOTH, documents=("invoice",), invoice_number="", with_link=False),
    ],
)
def test_a_mail_without_any_document_is_refused(shop: Room, order: SendInvoice) -> None:
    with pytest.raises(InvalidInput) as caught:
        send_invoice(SALLY, shop.desk, order=order)
    assert caught.value.fields.keys() == {"documents"}


def test_an_unknown_order_is_not_found(shop: Room) -> None:
    with pytest.raises(NotFound, match="no order 404"):
        send_invoice(SALLY, shop.desk, order=replace(ALONE, order_number="404"))


def test_nobody_gets_the_order_of_somebody_else(shop: Room) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose Garden")
        add_order(session, "90001", customer_id="C2")
        add_invoice(session, "INV-9", order_number="90001")
    with pytest.raises(Refused, match="INV-9 is not the invoice of order 90001"):
        send_invoice(
            SALLY, shop.desk, order=replace(BOTH, invoice_number="INV-9", order_number="90001")
        )
    assert rows(shop.desk) == []


def test_one_form_is_one_mail_whatever_was_ticked_the_second_time(shop: Room) -> None:
    first = send_invoice(SALLY, shop.desk, order=BOTH)
    again = send_invoice(SALLY, shop.desk, order=replace(BOTH, documents=("invoice",)))
    assert (again.delivery_id, again.repeated) == (first.delivery_id, True)
    with pytest.raises(Refused, match="used already"):
        send_invoice(SALLY, shop.desk, order=ALONE)


# -- mailed before ------------------------------------------------------------------------------


def test_the_form_warns_of_each_document_that_was_mailed(shop: Room) -> None:
    send_invoice(CARL, shop.desk, order=ALONE)
    asked = Asked("INV-1042", "draft-2", "", order_number="88213")
    [earlier] = draft.load(SALLY, shop.desk, asked=asked).earlier
    assert (earlier.document, earlier.by) == ("order confirmation", CARL.id)
    send_invoice(SALLY, shop.desk, order=replace(BOTH, draft_id="draft-3"))
    assert [e.document for e in draft.load(SALLY, shop.desk, asked=asked).earlier] == [
        "invoice",
        "order confirmation",
    ]


@pytest.mark.parametrize(("hours", "pointed_out"), [(23, True), (25, False)])
def test_a_confirmation_mailed_within_a_day_is_pointed_out(
    shop: Room, hours: int, pointed_out: bool
) -> None:
    left(shop, ALONE)
    shop.clock.advance(hours=hours)
    again = send_invoice(SALLY, shop.desk, order=replace(ALONE, draft_id="draft-2"))
    assert (again.mailed_before == NOW) is pointed_out
    card = card_of(shop, again.delivery_id)
    assert (card.mailed_before == NOW + timedelta(minutes=1)) is pointed_out


def test_the_invoice_is_not_called_mailed_because_its_order_was(shop: Room) -> None:
    send_invoice(SALLY, shop.desk, order=ALONE)
    invoice = replace(BOTH, draft_id="draft-2", documents=("invoice",))
    assert send_invoice(SALLY, shop.desk, order=invoice).mailed_before is None


# -- previews -----------------------------------------------------------------------------------


def test_the_confirmation_is_previewed_as_it_will_be_sent(shop: Room) -> None:
    link = previews.order_url(shop.desk, SALLY, number="88213")
    preview = signed_pdf(shop.desk, signed=link.rpartition("/")[2])
    _, mail = left(shop, ALONE)
    [part] = mail.iter_attachments()
    assert preview.content == part.get_content()
    assert preview.name == f"Preview {part.get_filename()}"

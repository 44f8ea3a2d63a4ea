from dataclasses import replace

from commands import outbox
from commands.keyring import Keyring
from storage import customers, documents, invoices, payments
from storage.payments import Payment
from tests.builders import NOW, SALLY
from tests.commands.deliver.posting import (
    PAY,
    body,
    by_purpose,
    drain,
    outcomes,
    parsed,
    pdf,
    queue_mail,
    row,
)
from tests.conftest import Room


def test_an_invoice_is_one_message_with_every_recipient_visible(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "boss@iris.test")
    drain(room)
    (sent,) = room.mailer.sent
    message = parsed(sent)
    assert message["To"] == "ap@iris.test, boss@iris.test"
    assert sent.recipients == ("ap@iris.test", "boss@iris.test")
    assert row(room.desk.database, mail).status == "sent"
    assert outcomes(room.desk.database, mail) == {"ap@iris.test": "sent", "boss@iris.test": "sent"}


def test_the_mail_says_who_it_is_from_and_who_answers(room: Room) -> None:
    mail = queue_mail(room)
    drain(room)
    message = parsed(room.mailer.sent[0])
    assert message["From"] == "Bloom Wholesale <billing@bloom.test>"
    assert message["Reply-To"] == SALLY.email
    assert message["Message-ID"] == row(room.desk.database, mail).message_id
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] is None
    assert room.mailer.sent[0].sender == "billing@bloom.test"


def test_the_sales_representative_answers_for_a_mail_that_nobody_sent(room: Room) -> None:
    mail = queue_mail(room, sender="system:auto-invoice")
    with room.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.sales_rep = SALLY.id
        session.add(customer)
    drain(room)
    message = parsed(room.mailer.sent[0])
    assert row(room.desk.database, mail).status == "sent"
    assert message["Reply-To"] == SALLY.email
    assert message["Auto-Submitted"] == "auto-generated"


def test_without_anybody_the_company_answers(room: Room) -> None:
    room.desk = replace(
        room.desk, policy=replace(room.desk.policy, mail_reply_to="AR <ar@bloom.test>")
    )
    queue_mail(room, sender="system:auto-invoice")
    drain(room)
    assert parsed(room.mailer.sent[0])["Reply-To"] == "ar@bloom.test"


def test_html_text_and_pdf_carry_the_same_link_and_amount(room: Room) -> None:
    queue_mail(room)
    drain(room)
    message = parsed(room.mailer.sent[0])
    text = body(message, "plain")
    link = next(word for word in text.split() if word.startswith(PAY))
    assert link in body(message, "html")
    assert link in pdf(message).decode()
    assert "USD 125.00" in text
    assert "USD 125.00" in body(message, "html")
    assert "USD 125.00" in pdf(message).decode()


def test_exactly_one_pdf_is_attached_under_the_sellers_name(room: Room) -> None:
    queue_mail(room)
    drain(room)
    names = [part.get_filename() for part in parsed(room.mailer.sent[0]).iter_attachments()]
    assert names == ["Bloom Wholesale Invoice INV-1042.pdf"]


def test_without_a_link_nothing_leads_to_a_pay_page(room: Room) -> None:
    queue_mail(room, link=False)
    drain(room)
    message = parsed(room.mailer.sent[0])
    assert PAY not in body(message, "plain") + body(message, "html") + pdf(message).decode()


def test_the_exact_bytes_are_kept_sealed(room: Room) -> None:
    mail = queue_mail(room)
    drain(room)
    with room.desk.database.reading() as session:
        kept = documents.find(session, mail)
    assert kept is not None
    assert b"INV-1042" not in kept.sealed
    assert room.desk.keyring.unseal(kept.sealed) == room.mailer.sent[0].message


def test_a_frozen_mail_whose_key_is_gone_is_rendered_anew(room: Room) -> None:
    mail = queue_mail(room, link=False)
    room.mailer.answers["ap@iris.test"] = (451, "later")
    drain(room)
    room.mailer.answers.clear()
    room.desk = replace(room.desk, keyring=Keyring((b"another key altogether",)))
    room.clock.advance(minutes=2)
    drain(room)
    assert row(room.desk.database, mail).status == "sent"


def test_the_silent_copy_is_in_the_envelope_alone(room: Room) -> None:
    room.desk = replace(room.desk, policy=replace(room.desk.policy, mail_copy_to="copy@bloom.test"))
    queue_mail(room)
    drain(room)
    (sent,) = room.mailer.sent
    assert sent.silent == ("copy@bloom.test",)
    assert b"copy@bloom.test" not in sent.message


def test_the_card_shows_that_the_mail_was_sent(room: Room) -> None:
    queue_mail(room)
    drain(room)
    (card,) = by_purpose(room.desk.database, "card")
    (ts, edit) = room.announcer.updates[-1]
    assert (ts, edit.channel) == (card.ts, card.channel)
    assert "Sent" in edit.text


def test_a_receipt_says_what_was_paid_and_asks_for_no_automatic_answer(room: Room) -> None:
    queue_mail(room)
    queue_receipt(room)
    drain(room)
    receipt = parsed(room.mailer.sent[-1])
    assert receipt["Auto-Submitted"] == "auto-generated"
    assert receipt["Subject"].startswith("Receipt")
    assert "Visa ending in 4242" in body(receipt, "plain")
    assert "INV-1042" in body(receipt, "html")
    assert list(receipt.iter_attachments()) == []


def test_a_receipt_that_cannot_be_delivered_is_told_in_the_channel(room: Room) -> None:
    queue_mail(room, link=False)
    queue_receipt(room)
    room.mailer.answers["payer@iris.test"] = (550, "No such user")
    drain(room)
    (notice,) = [post for post in room.announcer.posts if post.channel == "#payments"]
    assert "payer@iris.test" in notice.text
    assert "No such user" in notice.text


def queue_receipt(room: Room) -> None:
    with room.desk.database.writing() as session:
        payment = Payment(
            id="pi_1",
            customer_id="C1",
            currency="USD",
            amount=12500,
            status="succeeded",
            source="gateway",
            method="card",
            method_detail="Visa ending in 4242",
            received_on=NOW.date(),
            recorded_at=NOW,
        )
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        payments.allocate(session, payment, invoice, 12500)
        outbox.queue_receipt_mail(
            session,
            payment_id="pi_1",
            customer_id="C1",
            recipients=["payer@iris.test"],
            now=NOW,
            domain="bloom.test",
        )

"""A statement's mail: figures as stored, a link only while it may be there, bytes that stay."""

import pytest

from commands.deliver.card import mail_card
from commands.payment_link import service as payment_link
from commands.send_invoice.retry import retry_send
from commands.send_invoice.sent_mail import sent_pdf, show_sent
from commands.send_statement import service
from commands.send_statement.order import SentStatement
from renderers.slack_values import MailCard
from storage import deliveries, statements
from storage.statements import Statement
from tests.builders import SALLY
from tests.commands.deliver.posting import PAY, drain, parsed, pdf
from tests.commands.send_statement.books import Books, link_switch
from tests.conftest import Room


@pytest.fixture
def books(room: Room) -> Books:
    made = Books.opened(room)
    made.issue(10_000, days_ago=5)
    made.issue(2_500, days_ago=3)
    return made


@pytest.fixture
def sent(books: Books) -> SentStatement:
    """Held for ten seconds, which are over."""
    found = service.send(SALLY, books.room.desk, order=books.order(with_link=True))
    books.room.clock.advance(seconds=11)
    return found


def statement(books: Books, sent: SentStatement) -> Statement:
    with books.room.desk.database.reading() as session:
        found = statements.find(session, sent.statement_id)
    assert found is not None
    return found


def card(books: Books, sent: SentStatement) -> MailCard:
    with books.room.desk.database.reading() as session:
        mail = deliveries.find(session, sent.delivery_id)
        assert mail is not None
        return mail_card(session, books.room.desk, mail, shared=False)


def test_mail_text_and_pdf_say_the_same_and_carry_the_link(
    books: Books, sent: SentStatement
) -> None:
    drain(books.room)
    message = parsed(books.room.mailer.sent[0])
    html = message.get_body(("html",))
    text = message.get_body(("plain",))
    assert html is not None
    assert text is not None
    for content in (html.get_content(), text.get_content(), pdf(message).decode()):
        assert "USD 125.00" in content
        assert PAY in content
    assert statement(books, sent).payable == 12_500


def test_money_that_comes_before_it_leaves_is_not_asked_for_again(
    books: Books, sent: SentStatement
) -> None:
    books.pay(10_000, on=0)
    drain(books.room)
    message = parsed(books.room.mailer.sent[0])
    assert "USD 25.00 to be paid" in message["Subject"]
    assert "Pay USD 25.00" in pdf(message).decode()
    found = statement(books, sent)
    assert (found.payable, found.closing_balance) == (2_500, 12_500)


def test_an_invoice_voided_before_it_leaves_is_not_asked_for(
    books: Books, sent: SentStatement
) -> None:
    books.end(0, write_off=False)
    drain(books.room)
    message = parsed(books.room.mailer.sent[0])
    assert "USD 25.00 to be paid" in message["Subject"]
    assert "Pay USD 25.00" in pdf(message).decode()
    assert statement(books, sent).payable == 2_500


def test_a_customer_disabled_before_it_leaves_gets_it_without_the_link(
    books: Books, sent: SentStatement
) -> None:
    link_switch(books.room, books.customer_id, on=False)
    drain(books.room)
    message = parsed(books.room.mailer.sent[0])
    assert PAY not in message.as_string() + pdf(message).decode()
    assert "disabled" in card(books, sent).no_link_reason


def test_a_link_turned_off_after_it_was_frozen_is_not_sent(
    books: Books, sent: SentStatement
) -> None:
    books.room.mailer.answers["ap@iris.test"] = (450, "try later")
    drain(books.room)
    link = statement(books, sent).link_id
    payment_link.turn_off(SALLY, books.room.desk, link_id=link or "")
    books.room.mailer.answers.clear()
    books.room.clock.advance(hours=2)
    drain(books.room)
    assert PAY not in pdf(parsed(books.room.mailer.sent[-1])).decode()


def test_what_was_sent_is_shown_again_byte_for_byte(books: Books, sent: SentStatement) -> None:
    drain(books.room)
    books.issue(777, days_ago=4)
    shown = show_sent(SALLY, books.room.desk, delivery_id=sent.delivery_id)
    assert [each.title for each in shown.pdfs] == [sent.document]
    again = sent_pdf(SALLY, books.room.desk, delivery_id=sent.delivery_id)
    assert again.content == pdf(parsed(books.room.mailer.sent[0]))


def test_the_card_follows_the_payment(books: Books, sent: SentStatement) -> None:
    assert card(books, sent).state == "sending"
    drain(books.room)
    assert card(books, sent).state == "sent"
    books.pay(10_000, on=0)
    assert card(books, sent).state == "partly_paid"
    books.pay(2_500, on=1)
    assert card(books, sent).state == "paid"


def test_credit_that_would_cover_what_is_open_pays_nothing_yet(
    books: Books, sent: SentStatement
) -> None:
    drain(books.room)
    books.pay(20_000, on=1)
    shown = card(books, sent)
    assert (shown.state, shown.amounts and shown.amounts.balance.minor) == ("sent", 0)


def test_a_retry_goes_to_whom_it_missed(books: Books, sent: SentStatement) -> None:
    books.room.mailer.answers["ap@iris.test"] = (550, "no such user")
    drain(books.room)
    assert card(books, sent).state == "failed"
    books.room.mailer.answers.clear()
    assert retry_send(SALLY, books.room.desk, delivery_id=sent.delivery_id) == sent.document
    drain(books.room)
    assert card(books, sent).state == "sent"

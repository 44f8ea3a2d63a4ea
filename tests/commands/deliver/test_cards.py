"""The card's value, as things are when it is composed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from commands.deliver.card import mail_card
from commands.deliver.confirmation import payment_confirmation
from commands.errors import NotFound
from renderers.slack_values import MailCard
from storage import checkouts, deliveries, invoices, payments
from storage.checkouts import AttemptStatus, CheckoutAttempt
from storage.deliveries import Delivery
from storage.money import Money
from storage.payment_links import PaymentLink
from storage.payments import Payment
from tests.builders import NOW, SALLY
from tests.commands.deliver.posting import drain, queue_mail
from tests.conftest import Room

Change = Callable[[Session, Delivery], None]


def card_of(room: Room, mail_id: int, *, shared: bool = False) -> MailCard:
    with room.desk.database.reading() as session:
        mail = deliveries.find(session, mail_id)
        assert mail is not None
        return mail_card(session, room.desk, mail, shared=shared)


def change(room: Room, mail_id: int, how: Change) -> MailCard:
    with room.desk.database.writing() as session:
        mail = deliveries.find(session, mail_id)
        assert mail is not None
        how(session, mail)
        session.add(mail)
    return card_of(room, mail_id)


def a_payment(**own: Any) -> Payment:
    facts: dict[str, Any] = {
        "id": "pi_1",
        "customer_id": "C1",
        "currency": "USD",
        "amount": 12500,
        "status": "succeeded",
        "source": "gateway",
        "method": "card",
        "method_detail": "Visa ending in 4242",
        "received_on": NOW.date(),
        "recorded_at": NOW,
    }
    return Payment(**(facts | own))


def an_attempt(session: Session, mail: Delivery, status: AttemptStatus) -> CheckoutAttempt:
    assert mail.link_id is not None
    attempt = CheckoutAttempt(
        id="at_1",
        link_id=mail.link_id,
        customer_id="C1",
        currency="USD",
        amount=12500,
        method="us_bank_account",
        status=status,
        created_at=NOW,
        changed_at=NOW,
    )
    checkouts.add(session, attempt, {"INV-1042": 12500})
    session.flush()
    return attempt


def sent(session: Session, mail: Delivery) -> None:
    mail.status, mail.finished_at = "sent", NOW


def paid(session: Session, mail: Delivery, amount: int = 12500) -> None:
    sent(session, mail)
    invoice = invoices.find(session, "INV-1042")
    assert invoice is not None
    payments.allocate(session, a_payment(amount=amount), invoice, amount)


def partly_paid(session: Session, mail: Delivery) -> None:
    paid(session, mail, 5000)


def processing(session: Session, mail: Delivery) -> None:
    sent(session, mail)
    an_attempt(session, mail, "processing")
    by = date(2026, 3, 16)
    session.add(a_payment(status="processing", attempt_id="at_1", expected_by=by))


def link_off(session: Session, mail: Delivery) -> None:
    sent(session, mail)
    link = session.get(PaymentLink, mail.link_id)
    assert link is not None
    link.state = "off"
    session.add(link)


def undone(session: Session, mail: Delivery) -> None:
    mail.status = "cancelled"


def failed(session: Session, mail: Delivery) -> None:
    mail.status, mail.error = "failed", "No such user"


def unknown(session: Session, mail: Delivery) -> None:
    mail.status = "unknown"


def in_work(session: Session, mail: Delivery) -> None:
    mail.status, mail.lease_token, mail.leased_until = "sending", "t", NOW


def tried(session: Session, mail: Delivery) -> None:
    mail.attempts, mail.error = 1, "The mail server cannot be reached."


def held(session: Session, mail: Delivery) -> None:
    mail.not_before = NOW.replace(hour=16)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        (held, "held"),
        (tried, "sending"),
        (in_work, "sending"),
        (sent, "sent"),
        (undone, "undone"),
        (failed, "failed"),
        (unknown, "unknown"),
        (processing, "processing"),
        (partly_paid, "partly_paid"),
        (paid, "paid"),
        (link_off, "link_off"),
    ],
)
def test_the_state_is_the_mails_and_then_the_invoices(room: Room, how: Change, state: str) -> None:
    assert change(room, queue_mail(room), how).state == state


def test_a_held_card_says_when_it_leaves(room: Room) -> None:
    card = change(room, queue_mail(room), held)
    assert card.leaves_at == NOW.replace(hour=16)


def test_mail_on_hold_is_held_without_a_time(room: Room) -> None:
    room.desk = replace(room.desk, policy=replace(room.desk.policy, mail_mode="hold"))
    card = card_of(room, queue_mail(room))
    assert (card.state, card.leaves_at) == ("held", None)


def test_a_processing_card_says_when_the_money_is_expected(room: Room) -> None:
    assert change(room, queue_mail(room), processing).expected_by == date(2026, 3, 16)


def test_a_failed_card_says_why(room: Room) -> None:
    assert change(room, queue_mail(room), failed).error == "No such user"


@pytest.mark.parametrize(
    ("how", "can"),
    [(sent, True), (failed, True), (paid, False), (undone, False), (link_off, False)],
)
def test_a_link_can_be_turned_off_while_it_could_be_paid(
    room: Room, how: Change, can: bool
) -> None:
    assert change(room, queue_mail(room), how).can_turn_off is can


def test_a_shared_card_shows_no_addresses(room: Room) -> None:
    assert card_of(room, queue_mail(room), shared=True).recipients == ()


def test_a_new_address_is_pointed_out(room: Room) -> None:
    mail = queue_mail(room, "ap@iris.test", "New@iris.test", new_addresses=["new@iris.test"])
    assert [each.is_new for each in card_of(room, mail).recipients] == [False, True]


def test_the_same_invoice_mailed_within_a_day_is_pointed_out(room: Room) -> None:
    first = queue_mail(room, mail_id="draft-1")
    drain(room)
    room.clock.advance(hours=2)
    second = queue_mail(room, mail_id="draft-2")
    assert card_of(room, second).mailed_before == NOW
    assert card_of(room, first).mailed_before is None


def test_a_confirmation_mentions_who_sent_the_link(room: Room) -> None:
    queue_mail(room)
    change(room, 1, paid_through_the_link)
    with room.desk.database.reading() as session:
        told = payment_confirmation(session, {"payment": "pi_1", "event": "paid"})
    assert told.sender_ids == (SALLY.id,)
    assert told.customer_name == "Blue Iris Florist"
    assert [(line.invoice_number, line.applied, line.remaining) for line in told.lines] == [
        ("INV-1042", Money(12500, "USD"), Money(0, "USD"))
    ]


def paid_through_the_link(session: Session, mail: Delivery) -> None:
    attempt = an_attempt(session, mail, "paid")
    paid(session, mail)
    payment = payments.find(session, "pi_1")
    assert payment is not None
    payment.attempt_id = attempt.id
    session.add(payment)


def test_a_bank_debit_names_the_invoices_it_is_meant_for(room: Room) -> None:
    change(room, queue_mail(room), processing)
    with room.desk.database.reading() as session:
        told = payment_confirmation(session, {"payment": "pi_1", "event": "processing"})
    assert [line.invoice_number for line in told.lines] == ["INV-1042"]
    assert (told.expected_by, told.unapplied) == (date(2026, 3, 16), Money(0, "USD"))


def test_money_that_nobody_explains_has_no_customer(room: Room) -> None:
    with room.desk.database.writing() as session:
        session.add(a_payment(customer_id=None))
    with room.desk.database.reading() as session:
        told = payment_confirmation(session, {"payment": "pi_1", "event": "paid"})
    assert (told.customer_name, told.sender_ids) == ("Unknown customer", ())
    assert told.unapplied == Money(12500, "USD")


def test_a_card_whose_invoice_is_gone_cannot_be_composed(room: Room) -> None:
    mail = Delivery(
        id=1,
        key="k",
        kind="email",
        purpose="invoice",
        created_by="U",
        created_at=NOW,
        not_before=NOW,
    )
    with room.desk.database.reading() as session, pytest.raises(NotFound):
        mail_card(session, room.desk, mail, shared=False)

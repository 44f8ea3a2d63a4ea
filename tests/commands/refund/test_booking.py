"""Refunds as Stripe tells them: once, in any order, whoever made them."""

from itertools import permutations

import pytest

from bot.jobs import gateway_events as job
from commands.access import SETTLER
from commands.ports import GatewayRefund, ReceivedEvent
from commands.refund import booking
from commands.take_payment import events
from storage import money_back, reversals
from storage import payments as payment_rows
from storage.money import Money
from storage.reversals import PaymentReversal
from tests.builders import NOW
from tests.conftest import Room
from tests.paying import Till


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def paid(till: Till) -> Till:
    """Both invoices, USD 125.00 and USD 40.00, paid in one payment."""
    till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="b1"))
    till.pay()
    return till


def book(till: Till, refund: GatewayRefund) -> booking.Outcome:
    return booking.book_refund(SETTLER, till.desk, refund=refund)


def balances(till: Till) -> tuple[int, int]:
    return till.balance("INV-1042"), till.balance("INV-1043")


def test_a_refund_opens_the_invoice_that_was_due_last(paid: Till, room: Room) -> None:
    assert book(paid, room.refunds.add("pi_1", usd(5000))) == "applied"
    assert balances(paid) == (1000, 4000)
    assert (paid.payment().refunded, paid.payment().unapplied) == (5000, 0)


def test_a_refund_takes_unapplied_money_first(paid: Till, room: Room) -> None:
    with paid.desk.database.writing() as session:
        payment = session.get_one(payment_rows.Payment, "pi_1")
        invoice = session.get_one(type(paid.invoice()), "INV-1042")
        payment_rows.release(session, payment, invoice, 5000)
    book(paid, room.refunds.add("pi_1", usd(5000)))
    assert balances(paid) == (5000, 0)
    assert paid.payment().unapplied == 0


def test_told_again_it_counts_once(paid: Till, room: Room) -> None:
    refund = room.refunds.add("pi_1", usd(4000))
    for _ in range(3):
        book(paid, refund)
    assert paid.payment().refunded == 4000
    assert len(paid.deliveries("refund")) == 2  # the post and the mail


def test_a_refund_that_fails_pays_the_invoice_again(paid: Till, room: Room) -> None:
    book(paid, room.refunds.add("pi_1", usd(5000), status="pending"))
    book(paid, room.refunds.change("re_1", "failed", "declined"))
    assert balances(paid) == (0, 0)
    assert paid.payment().refunded == 0


def test_a_late_word_that_it_is_pending_changes_nothing(paid: Till, room: Room) -> None:
    refund = room.refunds.add("pi_1", usd(5000), status="pending")
    book(paid, room.refunds.change("re_1", "failed"))
    book(paid, refund)
    assert balances(paid) == (0, 0)


def test_what_was_paid_meanwhile_stays_and_the_money_becomes_credit(paid: Till, room: Room) -> None:
    book(paid, room.refunds.add("pi_1", usd(4000)))
    paid.click(paid.link("INV-1043"))
    paid.pay(2)
    book(paid, room.refunds.change("re_1", "failed"))
    assert balances(paid) == (0, 0)
    assert paid.payment().unapplied == 4000


def test_an_imported_reversal_and_the_refund_are_the_same_money(paid: Till, room: Room) -> None:
    with paid.desk.database.writing() as session:
        payment = session.get_one(payment_rows.Payment, "pi_1")
        row = PaymentReversal(
            id="R1", part=1, payment_id="pi_1", amount=3000, reversed_on=NOW.date()
        )
        reversals.reverse(session, payment, row, None)
    book(paid, room.refunds.add("pi_1", usd(2000)))
    assert paid.payment().refunded == 3000
    book(paid, room.refunds.add("pi_1", usd(2000)))
    assert paid.payment().refunded == 4000
    book(paid, room.refunds.change("re_2", "failed"))
    assert paid.payment().refunded == 3000


def test_refunds_of_nothing_known_are_unmatched(till: Till, room: Room) -> None:
    assert book(till, room.refunds.add("pi_9", usd(100))) == "unmatched"


def test_a_refund_told_before_the_payment_brings_both(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    room.refunds.add("pi_1", usd(2500))
    told = ReceivedEvent("evt_1", "refund.created", "re_1", False, {"payment_intent": "pi_1"})
    events.store_event(till.desk, told)
    assert job.drain(till.desk) == 1
    assert (till.balance(), till.payment().refunded) == (2500, 2500)


def test_the_ledger_is_the_same_in_every_order(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    room.refunds.add("pi_1", usd(2500))
    room.refunds.add("pi_1", usd(1000), status="failed")
    ids = {"payment_intent": "pi_1"}
    told = [
        ("checkout.session.completed", "cs_test_1"),
        ("refund.created", "re_1"),
        ("refund.failed", "re_2"),
        ("charge.refunded", "ch_1"),
    ]
    ledgers = set()
    for turn, order in enumerate(permutations(told)):
        for kind, object_id in order:
            event = ReceivedEvent(f"evt_{turn}_{kind}", kind, object_id, False, dict(ids))
            events.store_event(till.desk, event)
        job.drain(till.desk)
        ledgers.add(str(till.ledger()))
    assert len(ledgers) == 1
    assert till.payment().refunded == 2500


def test_a_card_that_shows_the_invoice_is_told(paid: Till, room: Room) -> None:
    book(paid, room.refunds.add("pi_1", usd(4000)))
    [post] = [row for row in paid.deliveries("refund") if row.kind == "slack"]
    assert post.lane == "#payments"
    [mail] = [row for row in paid.deliveries("refund") if row.kind == "email"]
    assert mail.key == "refund:re_1"


def test_what_was_refunded_can_be_refunded_no_more(paid: Till, room: Room) -> None:
    book(paid, room.refunds.add("pi_1", usd(4000)))
    with paid.desk.database.reading() as session:
        payment = payment_rows.find(session, "pi_1")
        assert payment is not None
        assert money_back.refundable(session, payment) == 12500

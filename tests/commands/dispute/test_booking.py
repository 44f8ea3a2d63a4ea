"""Disputes: balances reopen when the funds go and close when they come back."""

import pytest

from commands.access import SETTLER
from commands.dispute import booking
from commands.ports import GatewayDispute
from commands.refund import booking as refund_booking
from storage import disputes
from storage.money import Money
from tests.conftest import Room
from tests.paying import Till


@pytest.fixture
def paid(till: Till) -> Till:
    till.click(till.link("INV-1042"))
    till.pay()
    return till


@pytest.fixture
def opened(paid: Till, room: Room) -> GatewayDispute:
    dispute = room.disputes.open("pi_1", Money(12500, "USD"))
    book(paid, dispute)
    return dispute


def book(till: Till, dispute: GatewayDispute) -> booking.Outcome:
    return booking.book_dispute(SETTLER, till.desk, dispute=dispute)


def under_dispute(till: Till) -> set[str]:
    with till.desk.database.reading() as session:
        return disputes.open_invoice_numbers(session, ["INV-1042", "INV-1043"])


def test_an_open_dispute_sets_its_invoices_apart_before_money_moves(
    paid: Till, opened: GatewayDispute
) -> None:
    assert under_dispute(paid) == {"INV-1042"}
    assert (paid.balance(), paid.payment().disputed) == (0, 0)


def test_funds_withdrawn_reopen_the_balance(paid: Till, opened: GatewayDispute, room: Room) -> None:
    book(paid, room.disputes.withdraw(opened.id))
    assert (paid.balance(), paid.payment().disputed) == (12500, 12500)
    assert under_dispute(paid) == {"INV-1042"}


def test_a_dispute_won_closes_it_again(paid: Till, opened: GatewayDispute, room: Room) -> None:
    book(paid, room.disputes.withdraw(opened.id))
    book(paid, room.disputes.close(opened.id, "won"))
    assert (paid.balance(), paid.payment().disputed) == (0, 0)
    assert under_dispute(paid) == set()


def test_a_dispute_lost_leaves_it_open_and_payable(
    paid: Till, opened: GatewayDispute, room: Room
) -> None:
    book(paid, room.disputes.withdraw(opened.id))
    book(paid, room.disputes.close(opened.id, "lost"))
    assert (paid.balance(), paid.payment().disputed) == (12500, 12500)
    assert under_dispute(paid) == set()


def test_a_late_word_changes_nothing(paid: Till, opened: GatewayDispute, room: Room) -> None:
    taken = room.disputes.withdraw(opened.id)
    book(paid, room.disputes.close(opened.id, "won"))
    before = paid.ledger()
    for late in (opened, taken):
        book(paid, late)
    assert paid.ledger() == before
    assert under_dispute(paid) == set()


def test_there_is_one_post_and_edits(paid: Till, opened: GatewayDispute, room: Room) -> None:
    book(paid, room.disputes.withdraw(opened.id))
    book(paid, room.disputes.close(opened.id, "won"))
    book(paid, room.disputes.known[opened.id])
    assert len(paid.deliveries("dispute")) == 1
    assert len(paid.deliveries("edit")) == 2
    assert [row.payload["event"] for row in paid.deliveries("reply")] == [
        "withdrawn",
        "reinstated",
        "won",
    ]


def test_a_refund_and_a_dispute_never_take_more_than_there_is(paid: Till, room: Room) -> None:
    refund = room.refunds.add("pi_1", Money(2500, "USD"))
    refund_booking.book_refund(SETTLER, paid.desk, refund=refund)
    room.disputes.open("pi_1", Money(12500, "USD"))
    book(paid, room.disputes.withdraw("du_1"))
    payment = paid.payment()
    assert (payment.refunded, payment.disputed, payment.allocated) == (2500, 10000, 0)

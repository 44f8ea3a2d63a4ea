"""Every night ledger and Stripe are compared once; what differs is told and never mended."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from commands.access import DELIVERER, SETTLER
from commands.compare_gateway import service
from commands.compare_gateway.service import compare_if_due, compare_next
from commands.deliver.service import deliver_next
from commands.dispute.booking import book_dispute
from commands.errors import GatewayUnavailable, NotPermitted
from commands.ports import AccountState, GatewayPayment, ReceivedEvent
from commands.refund.booking import book_refund
from commands.take_payment import events
from storage.database import Database
from storage.money import Money
from tests.builders import NOW
from tests.comparing import (
    SOON,
    a_movement,
    a_payout,
    compare,
    differences,
    last,
    next_night,
    of_dispute,
    of_refund,
    outcome,
    said,
)
from tests.conftest import Room, furnished
from tests.paying import Till
from tests.refunding import Counter

DOWN = GatewayUnavailable("Stripe did not answer.")


@pytest.fixture
def paid(till: Till, room: Room) -> Till:
    """INV-1042 was paid as pi_1, and Stripe's balance shows it."""
    till.click(till.link("INV-1042"))
    till.pay()
    room.balance.moved.append(a_movement())
    return till


def test_where_all_agrees_nothing_is_posted_and_the_night_is_kept(paid: Till) -> None:
    assert compare(paid)
    row = last(paid)
    assert row is not None
    assert (row.status, row.compared, row.error) == ("matched", 1, "")
    assert row.finished_at == NOW
    assert paid.deliveries("comparison") == []


def test_a_night_is_compared_once(paid: Till, room: Room) -> None:
    compare(paid)
    asked = room.balance.questions
    assert compare(paid) == 0
    assert room.balance.questions == asked
    next_night(room)
    assert compare(paid)


def test_the_night_comes_at_four_by_the_companys_clock(paid: Till, room: Room) -> None:
    policy = replace(paid.desk.policy, timezone=ZoneInfo("America/Los_Angeles"))
    paid.desk = replace(paid.desk, policy=policy)
    room.clock.instant = NOW.replace(hour=10, minute=59)  # 03:59 in Los Angeles: PDT is UTC-7
    assert service.night_of(paid.desk) == NOW.date() - timedelta(days=1)
    room.clock.advance(minutes=1)
    assert service.night_of(paid.desk) == NOW.date()


def test_money_that_the_ledger_does_not_have_is_told(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement("pi_9"), a_movement("", source_id="ch_old", id="txn_old")]
    compare(till)
    assert said(till) == [
        ("ch_old", "missing_here", "–", "USD 125.00 succeeded"),
        ("pi_9", "missing_here", "–", "USD 125.00 succeeded"),
    ]
    assert till.payments() == []  # told, not mended


def test_money_that_stripe_does_not_have_is_told(paid: Till, room: Room) -> None:
    room.balance.moved, room.gateway.sessions = [], {}
    compare(paid)
    assert said(paid) == [("pi_1", "missing_there", "USD 125.00 succeeded", "–")]
    assert paid.payment().status == "succeeded"


def test_money_of_which_the_balance_is_late_is_asked_for(paid: Till, room: Room) -> None:
    room.balance.moved = []
    compare(paid)
    assert outcome(paid) == "matched"


def test_another_amount_is_told(paid: Till, room: Room) -> None:
    room.balance.moved = [a_movement(minor=12600)]
    compare(paid)
    assert said(paid) == [("pi_1", "amount", "USD 125.00 succeeded", "USD 126.00 succeeded")]


def test_another_state_is_told(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing")
    room.balance.moved = [a_movement()]
    compare(till)
    assert said(till) == [("pi_1", "status", "USD 125.00 processing", "USD 125.00 succeeded")]


def test_refunds_are_compared_both_ways(counter: Counter, room: Room) -> None:
    till = counter.till
    room.balance.moved = [a_movement(minor=16500)]
    known = counter.stripe.add("pi_1", Money(500, "USD"))
    unknown = counter.stripe.add("pi_1", Money(700, "USD"))
    book_refund(SETTLER, till.desk, refund=known)
    room.balance.moved += [of_refund(unknown)]
    room.refunds.made.clear()
    compare(till)
    assert said(till) == [
        ("re_1", "missing_there", "USD 5.00 succeeded", "–"),
        ("re_2", "missing_here", "–", "USD 7.00 succeeded"),
    ]


def test_a_dispute_that_was_decided_unheard_is_told(counter: Counter, room: Room) -> None:
    till = counter.till
    room.balance.moved = [a_movement(minor=16500)]
    told = room.disputes.open("pi_1", Money(16500, "USD"))
    book_dispute(SETTLER, till.desk, dispute=room.disputes.withdraw(told.id))
    lost = room.disputes.close(told.id, "lost")
    room.balance.moved.append(of_dispute(lost))
    compare(till)
    [(name, kind, ours, theirs)] = said(till)
    assert (name, kind) == (told.id, "status")
    assert "needs_response" in ours
    assert "lost" in theirs


def test_an_inquiry_that_moved_no_money_is_compared_too(counter: Counter, room: Room) -> None:
    inquiry = {"status": "warning_needs_response", "created": SOON}
    told = room.disputes.open("pi_1", Money(100, "USD"), **inquiry)
    room.balance.moved, room.balance.opened = [a_movement(minor=16500)], [told]
    compare(counter.till)
    assert [row.kind for row in differences(counter.till)] == ["missing_here"]


def test_a_bank_debit_that_never_comes_is_told(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing")
    room.clock.advance(days=6)  # expected by 16 March
    compare(till)
    assert outcome(till) == "matched"
    room.clock.advance(days=4)
    compare(till)
    [(name, kind, ours, _)] = said(till)
    assert (name, kind) == ("pi_1", "overdue")
    assert "expected by 2026-03-16" in ours


def test_payouts_are_learnt_with_what_they_are_made_of(paid: Till, room: Room) -> None:
    room.balance.sent = {"po_1": a_payout()}
    room.balance.in_payout = {"po_1": ["txn_pi_1"]}
    compare(paid)
    assert outcome(paid) == "matched"
    [movement] = paid.dump()["balance_movements"]
    assert "po_1" in movement
    assert 393 in movement
    next_night(room)
    compare(paid)  # what was learnt is not forgotten when it is read again
    assert paid.dump()["balance_movements"] == [movement]


def test_a_payout_that_is_not_its_sum_is_told(paid: Till, room: Room) -> None:
    room.balance.sent = {"po_1": a_payout(minor=12000)}
    room.balance.in_payout = {"po_1": ["txn_pi_1"]}
    compare(paid)
    assert said(paid) == [("po_1", "amount", "USD 121.07", "USD 120.00")]


def test_a_payout_that_failed_is_told_once(paid: Till, room: Room) -> None:
    failed = a_payout(status="failed", listed=False, failure="The bank account is closed.")
    room.balance.sent = {"po_1": failed}
    compare(paid)
    [(name, kind, _, theirs)] = said(paid)
    assert (name, kind) == ("po_1", "status")
    assert "The bank account is closed." in theirs
    next_night(room)
    compare(paid)
    assert outcome(paid) == "matched"


def test_a_payout_made_by_hand_is_not_asked_for_its_parts(paid: Till, room: Room) -> None:
    room.balance.sent = {"po_1": a_payout(automatic=False, listed=False)}
    compare(paid)
    assert outcome(paid) == "matched"


def test_what_differs_is_told_again_until_it_is_mended(paid: Till, room: Room) -> None:
    room.balance.moved.append(a_movement("pi_9"))
    compare(paid)
    for _ in range(4):  # longer than what is read twice anyhow
        next_night(room)
        compare(paid)
        assert [row.object_id for row in differences(paid)] == ["pi_9"]
    till_knows(paid, "pi_9")
    next_night(room)
    compare(paid)
    assert outcome(paid) == "matched"
    assert len(paid.deliveries("comparison")) == 5


def test_differences_are_one_notice_in_the_payments_channel(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement(f"pi_{n:03}") for n in range(150)]
    compare(till)
    while deliver_next(DELIVERER, till.desk, room.carriers):
        pass
    [post] = room.announcer.posts
    assert post.channel == "#payments"
    assert "150 differences" in post.text
    assert "pi_000" in str(post.blocks)


def test_pages_are_read_one_by_one(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement(f"pi_{n:03}") for n in range(250)]
    compare_all_but_last(till, steps=2)
    row = last(till)
    assert row is not None
    assert (row.stage, row.cursor, row.compared) == ("movements", "txn_pi_199", 200)


def test_an_outage_is_waited_out_and_the_rest_is_read_then(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement(f"pi_{n:03}") for n in range(250)]
    compare_all_but_last(till, steps=1)
    room.balance.fault = DOWN
    assert compare(till) == 0
    row = last(till)
    assert row is not None
    assert (row.status, row.error, row.compared) == ("running", DOWN.sentence, 100)
    room.balance.fault = None
    compare(till)
    assert len(differences(till)) == 250
    assert outcome(till) == "differs"


def test_a_step_whose_worker_vanished_is_made_by_another(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement("pi_9")]
    room.balance.fault = RuntimeError("the process ended")
    with pytest.raises(RuntimeError):
        compare(till)
    room.balance.fault = None
    assert compare(till) == 0  # it may still be at it
    room.clock.advance(minutes=6)
    compare(till)
    assert outcome(till) == "differs"


def test_two_clocks_compare_a_night_once(paid: Till, database: Database) -> None:
    other = replace(paid, desk=replace(furnished(database).desk, gateway=paid.desk.gateway))
    compare_all_but_last(paid, steps=1)
    while compare_next(SETTLER, other.desk) or compare_next(SETTLER, paid.desk):
        pass
    assert outcome(paid) == "matched"
    assert len(paid.dump()["comparisons"]) == 1


def test_a_night_that_could_not_be_finished_is_told_once(till: Till, room: Room) -> None:
    room.balance.fault = DOWN
    for _ in range(3):
        compare(till)
        next_night(room)
    [notice] = till.notices()
    assert "could not be compared" in notice
    assert DOWN.sentence in notice


def test_what_still_waits_in_the_inbox_is_no_difference(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement()]
    waiting = ReceivedEvent("evt_1", "payment_intent.succeeded", "pi_1", livemode=False, payload={})
    events.store_event(till.desk, waiting)
    assert compare(till) == 0
    assert outcome(till) == "running"
    room.clock.advance(hours=2)  # somebody should hear of it in the end
    assert compare(till)


def test_what_arrives_while_it_is_compared_is_no_difference(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    room.balance.moved = [a_movement()]
    told = till.gateway.complete("cs_test_1")
    compare_all_but_last(till, steps=1)
    assert [row.object_id for row in differences(till)] == ["pi_1"]
    till.settle(told)  # the webhook
    compare(till)
    assert outcome(till) == "matched"
    assert till.deliveries("comparison") == []


def test_a_refund_and_a_dispute_told_meanwhile_are_none_either(
    counter: Counter, room: Room
) -> None:
    till = counter.till
    refund = counter.stripe.add("pi_1", Money(500, "USD"))
    dispute = room.disputes.open("pi_1", Money(1000, "USD"))
    room.balance.moved = [a_movement(minor=16500), of_refund(refund), of_dispute(dispute)]
    compare_all_but_last(till, steps=1)
    assert len(differences(till)) == 2
    book_refund(SETTLER, till.desk, refund=refund)
    book_dispute(SETTLER, till.desk, dispute=dispute)
    compare(till)
    assert outcome(till) == "matched"


def test_the_last_look_waits_for_the_inbox(till: Till, room: Room) -> None:
    room.balance.moved = [a_movement("pi_9")]
    compare_all_but_last(till, steps=1)
    waiting = ReceivedEvent("evt_1", "payment_intent.succeeded", "pi_9", livemode=False, payload={})
    events.store_event(till.desk, waiting)
    compare(till)
    assert outcome(till) == "running"
    room.clock.advance(hours=2)  # somebody should hear of it in the end
    compare(till)
    assert outcome(till) == "differs"


def test_without_an_account_there_is_nothing_to_compare(till: Till, room: Room) -> None:
    room.account.answer = AccountState("not_connected")
    assert compare(till) == 0
    assert last(till) is None


def test_only_the_clock_compares(till: Till) -> None:
    for act in (compare_if_due, compare_next):
        with pytest.raises(NotPermitted):
            act(DELIVERER, till.desk)


def compare_all_but_last(till: Till, *, steps: int) -> None:
    """Begin, and stop after so many steps."""
    left = iter(range(steps))
    compare_if_due(SETTLER, till.desk, stopping=lambda: next(left, None) is None)


def till_knows(till: Till, payment_id: str) -> None:
    """Somebody looked at it, and it was booked."""
    told = GatewayPayment(payment_id, "succeeded", Money(12500, "USD"), method="card", created=NOW)
    till.tell_alone(told)

"""What the webhooks never told."""

import pytest

from commands.access import SETTLER
from commands.errors import GatewayUnavailable, NotFound
from commands.take_payment import chores
from tests.conftest import Room
from tests.paying import Till

LOST = GatewayUnavailable("The answer was lost.", outcome_known=False)


def left_behind(till: Till) -> None:
    """A first session superseded by a second click while the gateway could not be reached."""
    till.click(till.link("INV-1042"))
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(till.link("INV-1042", kind="bulk", subject="B1"))


def test_a_superseded_session_is_expired_later(till: Till) -> None:
    left_behind(till)
    assert chores.expire_superseded(SETTLER, till.desk)
    assert till.gateway.sessions["cs_test_1"].status == "expired"
    assert not chores.expire_superseded(SETTLER, till.desk)


def test_a_superseded_session_completed_meanwhile_is_settled(till: Till) -> None:
    left_behind(till)
    till.gateway.complete("cs_test_1")
    assert chores.expire_superseded(SETTLER, till.desk)
    assert till.balance() == 0


def test_while_the_gateway_is_away_the_mark_stays(till: Till) -> None:
    left_behind(till)
    till.gateway.faults.append(LOST)
    assert not chores.expire_superseded(SETTLER, till.desk)
    assert till.attempts()[0].expire_session


def test_a_gateway_that_is_away_is_asked_once_a_turn_so_that_events_are_not_kept_waiting(
    till: Till,
) -> None:
    for number in ("INV-1042", "INV-1043"):
        till.click(till.link(number))
        till.gateway.faults.append(LOST)
        with pytest.raises(GatewayUnavailable):
            till.click(till.link(number, kind="bulk", subject=number))
    till.gateway.faults += [LOST, LOST]
    assert not chores.expire_superseded(SETTLER, till.desk)
    assert len(till.gateway.faults) == 1
    assert not chores.expire_superseded(SETTLER, till.desk)
    assert chores.expire_superseded(SETTLER, till.desk)
    assert not any(attempt.expire_session for attempt in till.attempts())


def test_what_the_gateway_still_calls_open_stays_marked(till: Till) -> None:
    left_behind(till)
    till.gateway.keeps_open = True
    assert not chores.expire_superseded(SETTLER, till.desk)
    assert till.attempts()[0].expire_session


def test_a_session_that_the_gateway_does_not_know_is_asked_for_until_its_time_is_over(
    till: Till, room: Room
) -> None:
    left_behind(till)
    for step in (0, 66):  # minutes
        room.clock.advance(minutes=step)
        till.gateway.faults.append(NotFound("Stripe does not know it."))
        chores.expire_superseded(SETTLER, till.desk)
    assert not till.attempts()[0].expire_session


def test_a_session_whose_answer_was_lost_is_found_and_expired(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.gateway.forget_answers = 1
    with pytest.raises(GatewayUnavailable):
        till.click(token)
    till.click(token, method="us_bank_account")
    states = {row.id: row.status for row in till.gateway.sessions.values()}
    assert states == {"cs_test_1": "expired", "cs_test_2": "open"}


def test_a_payment_that_was_never_told_is_found(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    assert chores.reconcile(SETTLER, till.desk, limit=10) == 1
    assert till.balance() == 0


def test_a_session_that_ran_out_frees_the_attempt(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.expire("cs_test_1")
    chores.reconcile(SETTLER, till.desk, limit=10)
    assert till.statuses() == ["expired"]


def test_an_attempt_that_never_had_an_answer_ends_after_its_time(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(token)
    assert chores.reconcile(SETTLER, till.desk, limit=10) == 0
    room.clock.advance(minutes=66)
    chores.reconcile(SETTLER, till.desk, limit=10)
    till.gateway.faults.append(LOST)
    assert chores.expire_superseded(SETTLER, till.desk)
    assert (till.statuses(), till.attempts()[0].expire_session) == (["superseded"], False)


def test_one_that_cannot_be_read_does_not_stop_the_others(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    room.clock.advance(seconds=1)
    till.click(till.link("INV-1043"))
    till.gateway.complete("cs_test_2")
    till.gateway.faults.append(LOST)
    assert chores.reconcile(SETTLER, till.desk, limit=10) == 1


def test_one_that_can_never_be_read_does_not_keep_the_first_place(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    room.clock.advance(seconds=1)
    till.click(till.link("INV-1043"))
    till.gateway.complete("cs_test_2")
    till.gateway.faults.append(NotFound("No such session."))
    room.clock.advance(minutes=5)
    assert chores.reconcile(SETTLER, till.desk, limit=1) == 0
    assert chores.reconcile(SETTLER, till.desk, limit=1) == 1
    assert till.balance("INV-1043") == 0


def test_one_that_breaks_us_does_not_stop_the_others(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    room.clock.advance(seconds=1)
    till.click(till.link("INV-1043"))
    till.gateway.complete("cs_test_2")
    till.gateway.faults.append(KeyError("payment_status"))
    assert chores.reconcile(SETTLER, till.desk, limit=10) == 1


def test_one_that_cannot_be_expired_goes_to_the_end(till: Till, room: Room) -> None:
    left_behind(till)
    room.clock.advance(minutes=1)
    till.gateway.faults.append(NotFound("No such session."))
    assert not chores.expire_superseded(SETTLER, till.desk)
    assert till.attempts()[0].changed_at == room.clock.real()

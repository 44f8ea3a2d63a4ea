"""The inbox: once, in any order, retried, and nothing silent."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import select

from bot.jobs import gateway_events as job
from commands.access import DELIVERER, SETTLER
from commands.errors import GatewayUnavailable, NotFound, NotPermitted
from commands.ports import ReceivedEvent
from commands.take_payment import events
from storage.gateway_events import GatewayEvent
from tests.conftest import Room
from tests.paying import Till

DOWN = GatewayUnavailable("Stripe did not answer.")


def an_event(kind: str, object_id: str, event_id: str = "", **payload: object) -> ReceivedEvent:
    return ReceivedEvent(event_id or f"evt_{kind}", kind, object_id, False, dict(payload))


SESSION_DONE = an_event("checkout.session.completed", "cs_test_1")
PAYMENT_DONE = an_event("payment_intent.succeeded", "pi_1")
CHARGE_DONE = an_event("charge.succeeded", "ch_1", payment_intent="pi_1")


def stored(till: Till) -> dict[str, GatewayEvent]:
    with till.desk.database.reading() as session:
        return {row.type: row for row in session.exec(select(GatewayEvent))}


def test_an_event_is_stored_once(till: Till) -> None:
    assert events.store_event(till.desk, SESSION_DONE)
    assert not events.store_event(till.desk, SESSION_DONE)
    assert len(stored(till)) == 1


def test_the_same_event_fifty_times_at_once_is_one_payment(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    with ThreadPoolExecutor(16) as pool:
        news = list(pool.map(lambda _: events.store_event(till.desk, SESSION_DONE), range(50)))
        list(pool.map(lambda _: events.handle_next(SETTLER, till.desk), range(16)))
    assert sum(news) == 1
    assert len(till.payments()) == len(till.deliveries("confirmation")) == 1


def test_one_payment_told_by_three_events_at_once_is_one_payment(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    for event in (SESSION_DONE, PAYMENT_DONE, CHARGE_DONE):
        events.store_event(till.desk, event)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: events.handle_next(SETTLER, till.desk), range(3)))
    assert {row.status for row in stored(till).values()} == {"handled"}
    assert len(till.payments()) == len(till.deliveries("confirmation")) == 1


def test_the_same_ledger_in_every_order(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    told = (SESSION_DONE, PAYMENT_DONE, CHARGE_DONE)
    ledgers = set()
    for turn, order in enumerate(permutations(told)):
        for event in order:
            events.store_event(till.desk, replace(event, id=f"{event.id}_{turn}"))
        job.drain(till.desk)
        ledgers.add(str(till.ledger()))
    assert len(ledgers) == 1


def test_an_event_waits_while_the_gateway_does_not_answer(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    events.store_event(till.desk, SESSION_DONE)
    till.gateway.faults.append(DOWN)
    assert events.handle_next(SETTLER, till.desk)
    assert not events.handle_next(SETTLER, till.desk)
    room.clock.advance(seconds=31)
    assert events.handle_next(SETTLER, till.desk)
    assert till.balance() == 0


def test_an_event_that_can_never_be_handled_is_pointed_out(till: Till) -> None:
    events.store_event(till.desk, SESSION_DONE)
    till.gateway.faults.append(NotFound("Stripe does not know it."))
    events.handle_next(SETTLER, till.desk)
    assert stored(till)["checkout.session.completed"].status == "failed"
    assert "could not be handled: Stripe does not know it." in till.notices()[0]


def test_a_surprise_is_retried_and_in_the_end_pointed_out(till: Till, room: Room) -> None:
    events.store_event(till.desk, SESSION_DONE)  # the fake gateway has no such session: KeyError
    for _ in range(6):
        assert events.handle_next(SETTLER, till.desk)
        room.clock.advance(hours=2)
    assert stored(till)["checkout.session.completed"].status == "failed"
    assert "KeyError" in till.notices()[0]


def test_a_database_out_of_reach_is_no_surprise_however_long_stripe_was_away(
    till: Till, room: Room
) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    events.store_event(till.desk, SESSION_DONE)
    for fault in (*[DOWN] * 8, NoConnectionFree()):
        till.gateway.faults.append(fault)
        assert events.handle_next(SETTLER, till.desk)
        room.clock.advance(hours=2)
    assert events.handle_next(SETTLER, till.desk)
    assert (till.balance(), till.notices()) == (0, [])


def test_a_worker_that_died_leaves_its_event_to_another(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    events.store_event(till.desk, SESSION_DONE)
    till.gateway.faults.append(SystemExit())  # type: ignore[arg-type]  # killed in the middle
    with pytest.raises(SystemExit):
        events.handle_next(SETTLER, till.desk)
    assert not events.handle_next(SETTLER, till.desk)
    room.clock.advance(minutes=6)
    assert events.handle_next(SETTLER, till.desk)
    assert till.balance() == 0


@pytest.mark.parametrize("kind", ["customer.created", "charge.updated", "payment_intent.created"])
def test_what_does_not_matter_is_ignored_in_silence(till: Till, kind: str) -> None:
    events.store_event(till.desk, an_event(kind, "x_1"))
    job.drain(till.desk)
    assert (stored(till)[kind].status, till.notices()) == ("ignored", [])


@pytest.mark.parametrize("kind", ["charge.refunded", "charge.dispute.created"])
def test_a_charge_without_a_payment_is_pointed_out(till: Till, kind: str) -> None:
    events.store_event(till.desk, an_event(kind, "ch_1"))
    job.drain(till.desk)
    assert stored(till)[kind].status == "ignored"
    assert "(ch_1)" in till.notices()[0]


def test_a_payment_that_we_did_not_start_is_recorded_for_a_person(till: Till) -> None:
    till.click(till.link("INV-1042"))
    done = till.gateway.complete("cs_test_1")
    till.gateway.sessions["cs_test_1"] = replace(done, attempt_id="")
    events.store_event(till.desk, PAYMENT_DONE)
    job.drain(till.desk)
    assert stored(till)["payment_intent.succeeded"].status == "unmatched"
    assert till.payment().customer_id is None


def test_only_the_settler_empties_the_inbox(till: Till) -> None:
    with pytest.raises(NotPermitted):
        events.handle_next(DELIVERER, till.desk)

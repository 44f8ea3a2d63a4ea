"""What the webhooks did not tell is read from the gateway's own history: the same ledger."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.jobs import gateway_events as job
from commands.access import DELIVERER, SETTLER
from commands.errors import GatewayUnavailable, NotPermitted, Refused
from commands.ports import AccountState, CheckoutLine, CheckoutRequest, ReceivedEvent
from commands.take_payment import events, history
from storage import cursors
from storage.database import Database
from storage.money import Money
from tests.builders import NOW, add_invoice
from tests.conftest import Room
from tests.paying import Till

DOWN = GatewayUnavailable("Stripe did not answer.")
Tell = Callable[[Till], None]


def happens(till: Till, kind: str, number: int, *, at: datetime = NOW) -> ReceivedEvent:
    """The gateway notes an event about its session or payment of that number."""
    object_id = f"cs_test_{number}" if kind.startswith("checkout") else f"pi_{number}"
    event_id = f"evt_{len(till.gateway.events) + 1}"
    event = ReceivedEvent(event_id, kind, object_id, livemode=False, payload={}, created=at)
    till.gateway.events.append(event)
    return event


def a_day(till: Till, tell: Tell) -> None:
    """A card, a bank debit that arrives, one that comes back, and money that is not from us.

    `tell` is asked to pass on what happened, once in the middle and once at the end.
    """
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-1044", total=700)
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1043"), method="us_bank_account")
    till.click(till.link("INV-1044"), method="us_bank_account")
    elsewhere = CheckoutLine("Vases", Money(990, "USD"))
    till.gateway.start(CheckoutRequest("shop", (elsewhere,), "card", "", "", "", NOW))
    for number, status in ((1, "succeeded"), (2, "processing"), (3, "processing")):
        till.gateway.complete(f"cs_test_{number}", status=status)
        happens(till, "checkout.session.completed", number)
    happens(till, "payment_intent.succeeded", 1)
    tell(till)
    till.gateway.complete("cs_test_2")
    till.gateway.complete("cs_test_3", status="failed")
    till.gateway.complete("cs_test_4")
    happens(till, "checkout.session.async_payment_succeeded", 2)
    happens(till, "checkout.session.async_payment_failed", 3)
    happens(till, "payment_intent.succeeded", 4)
    tell(till)


def by_webhooks(till: Till) -> None:
    for event in till.gateway.events:
        events.store_event(till.desk, event)
    job.drain(till.desk)


def by_history(till: Till) -> None:
    history.catch_up(SETTLER, till.desk)
    job.drain(till.desk)


def by_history_at_the_end(till: Till) -> None:
    if len(till.gateway.events) > 4:
        by_history(till)


def by_webhooks_late_thrice_and_shuffled(till: Till) -> None:
    """The first come when everything is over and the history has been read."""
    by_history_at_the_end(till)
    if len(till.gateway.events) > 4:
        told = till.gateway.events * 3
        random.Random(7).shuffle(told)  # noqa: S311 -- an order, not a secret
        for event in told:
            events.store_event(till.desk, event)
        job.drain(till.desk)


def by_both_half_and_half(till: Till) -> None:
    for event in till.gateway.events[::2]:
        events.store_event(till.desk, event)
    by_history(till)


@pytest.mark.parametrize(
    "tell",
    [
        by_webhooks,
        by_history,
        by_history_at_the_end,
        by_webhooks_late_thrice_and_shuffled,
        by_both_half_and_half,
    ],
)
def test_the_ledger_is_the_same_however_it_was_told(till: Till, tell: Tell) -> None:
    a_day(till, tell)
    assert [till.balance(f"INV-104{n}") for n in (2, 3, 4)] == [0, 0, 700]
    assert till.allocations() == [("pi_1", "INV-1042", 12500), ("pi_2", "INV-1043", 4000)]
    assert [(row.id, row.status, row.customer_id is None) for row in till.payments()] == [
        ("pi_1", "succeeded", False),
        ("pi_2", "succeeded", False),
        ("pi_3", "failed", False),
        ("pi_4", "succeeded", True),
    ]
    assert len([text for text in till.notices() if "pi_4" in text]) == 1
    assert len(till.deliveries("receipt")) == 2


def test_what_a_webhook_told_is_not_caught_up_again(till: Till) -> None:
    events.store_event(till.desk, happens(till, "payment_intent.succeeded", 1))
    happens(till, "payment_intent.succeeded", 2)
    assert history.catch_up(SETTLER, till.desk) == 1
    assert history.catch_up(SETTLER, till.desk) == 0


def test_the_next_look_begins_at_the_cursor_even_after_a_restart(
    till: Till, room: Room, database: Database
) -> None:
    happens(till, "payment_intent.succeeded", 1)
    history.catch_up(SETTLER, till.desk)
    happens(till, "payment_intent.succeeded", 2, at=NOW - timedelta(minutes=11))
    happens(till, "payment_intent.succeeded", 3, at=NOW + timedelta(days=3))
    room.clock.advance(days=9)
    restarted = Database(database.url)
    assert history.catch_up(SETTLER, replace(till.desk, database=restarted)) == 1
    restarted.close()
    assert position(till) == NOW + timedelta(days=3)


def position(till: Till) -> datetime | None:
    with till.desk.database.reading() as session:
        return cursors.position(session, history.CURSOR)


def test_an_event_listed_late_is_caught_up_all_the_same(till: Till) -> None:
    happens(till, "payment_intent.succeeded", 1)
    history.catch_up(SETTLER, till.desk)
    happens(till, "payment_intent.succeeded", 2, at=NOW - timedelta(minutes=9))
    assert history.catch_up(SETTLER, till.desk) == 1
    assert position(till) == NOW


def test_the_first_look_goes_back_a_day(till: Till) -> None:
    happens(till, "payment_intent.succeeded", 1, at=NOW - timedelta(hours=25))
    happens(till, "payment_intent.succeeded", 2, at=NOW - timedelta(hours=23))
    assert history.catch_up(SETTLER, till.desk) == 1


def test_the_first_look_goes_back_to_the_oldest_unfinished_attempt(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    room.clock.advance(days=5)
    till.gateway.complete("cs_test_1")
    happens(till, "checkout.session.completed", 1, at=NOW + timedelta(minutes=1))
    by_history(till)
    assert till.balance() == 0


def test_a_quiet_time_is_not_forgotten(till: Till, room: Room) -> None:
    history.catch_up(SETTLER, till.desk)
    room.clock.advance(days=3)
    happens(till, "payment_intent.succeeded", 1, at=NOW + timedelta(hours=1))
    assert history.catch_up(SETTLER, till.desk) == 1


@pytest.mark.parametrize("trouble", [DOWN, Refused("Stripe refused it.")])
def test_while_the_gateway_is_away_the_cursor_stays(till: Till, trouble: Exception) -> None:
    happens(till, "payment_intent.succeeded", 1)
    till.gateway.faults.append(trouble)
    assert history.catch_up(SETTLER, till.desk) == 0
    assert position(till) is None
    assert history.catch_up(SETTLER, till.desk) == 1


def test_more_than_one_batch_is_read_to_its_end(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 4)
    for number in range(30):  # ten of them in every second: more than a batch holds
        happens(till, "charge.succeeded", number, at=NOW + timedelta(seconds=number // 10))
    assert history.catch_up(SETTLER, till.desk) == 30
    assert position(till) == NOW + timedelta(seconds=2)


def test_the_cursor_never_goes_back(till: Till) -> None:
    with till.desk.database.writing() as session:
        cursors.advance(session, "any", NOW)
        cursors.advance(session, "any", NOW - timedelta(seconds=1))
        assert cursors.position(session, "any") == NOW


def test_without_an_account_nothing_is_asked(till: Till, room: Room) -> None:
    room.account.answer = AccountState("not_connected")
    till.gateway.faults.append(DOWN)
    assert history.catch_up(SETTLER, till.desk) == 0
    assert till.gateway.faults == [DOWN]


def test_only_who_reconciles_may_catch_up(till: Till) -> None:
    with pytest.raises(NotPermitted):
        history.catch_up(DELIVERER, till.desk)

"""Fifty people at once on overlapping links: afterwards the ledger is the money at Stripe."""

import os
from collections.abc import Iterator

import pytest

from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.export_ledger.service import ledger
from storage import ledger as ledger_rows
from storage.credit_uses import CreditUse
from tests.chaos import money_storm
from tests.chaos.money_storm import MoneyStorm
from tests.conftest import Room
from tests.machine import invariants
from tests.machine.books import Books

SEEDS = [int(seed) for seed in os.environ.get("STORM_SEEDS", "23").split()]


@pytest.fixture
def stripe() -> Iterator[StripeSandbox]:
    with StripeSandbox() as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cent_is_lost_and_none_is_asked_for_twice(
    room: Room, stripe: StripeSandbox, seed: int
) -> None:
    storm = MoneyStorm(money_storm.connected(room, stripe), stripe, seed=seed, threads=50, acts=4)
    storm.open_the_books()
    storm.blow()
    storm.come_to_rest()
    books = Books.read(room.desk.database)
    invariants.hold(books)
    exported = ledger(room.desk.database)
    own = [row for row in exported["payments"] if row["id"].startswith("pi_")]
    money = [row for row in own if row["status"] == "succeeded"]
    assert storm.money_at_stripe() == {
        row["id"]: (row["amount"], row["refunded"], row["disputed"]) for row in money
    }
    refunds = books.refunds.values()
    assert storm.refunds_at_stripe() == {
        row.id: (row.payment_id, row.amount, row.status) for row in refunds
    }
    owed = [row for row in exported["invoices"] if row["total"] > 0]
    assert all(row["balance"] >= 0 for row in owed)
    assert all(row["status"] != "queued" for row in map(vars, books.orders.values()))
    assert {"click", "pay", "webhooks"} <= storm.done.keys()
    assert len(storm.done) > 5, f"a lull: only {storm.done}"  # which of them is chance
    with room.desk.database.reading() as session:
        assert list(ledger_rows.every(session, CreditUse)), "nobody used credit at checkout"

"""Fifty people at once on overlapping links: afterwards the ledger is the money at Stripe."""

from collections.abc import Iterator

import pytest

from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.export_ledger.service import ledger
from tests.chaos import money_storm
from tests.chaos.money_storm import MoneyStorm
from tests.conftest import Room
from tests.machine import invariants
from tests.machine.books import Books


@pytest.fixture
def stripe() -> Iterator[StripeSandbox]:
    with StripeSandbox() as running:
        yield running


def test_no_cent_is_lost_and_none_is_asked_for_twice(room: Room, stripe: StripeSandbox) -> None:
    storm = MoneyStorm(money_storm.connected(room, stripe), stripe, seed=7, threads=50, acts=4)
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
    assert all(row["balance"] >= 0 for row in exported["invoices"])
    assert all(row["status"] != "queued" for row in map(vars, books.orders.values()))
    assert {"click", "pay", "webhooks", "record", "void", "refund"} <= storm.done.keys()

"""Snapshots of several sessions, stale, doubled and shuffled: the invariants hold at every step."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.ports import CheckoutSession
from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.databases import Fresh
from tests.fakes import MemoryGateway, MemoryPayments
from tests.paying import Till

NewTill = Callable[[], Till]
SETTINGS = settings(
    max_examples=6,
    # The fixture hands out a fresh database for every example.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def new_till(room: Room, fresh: Fresh) -> NewTill:
    def make() -> Till:
        fresh.restore()
        gateway = MemoryGateway()
        ports = replace(room.desk.gateway, checkouts=gateway, payments=MemoryPayments(gateway))
        desk = replace(room.desk, gateway=ports)
        with desk.database.writing() as session:
            add_customer(session)
            add_invoice(session)
            add_invoice(session, "INV-1043", total=4000)
        return Till(desk, gateway)

    return make


def snapshots(till: Till, number: int) -> list[CheckoutSession]:
    """Everything that a session paid by bank debit can be told as."""
    session_id = f"cs_test_{number}"
    still_open = replace(till.gateway.sessions[session_id], status="open")
    told = [
        till.gateway.complete(session_id, status=status)
        for status in ("processing", "failed", "succeeded")
    ]
    return [still_open, replace(still_open, status="expired"), *told]


@SETTINGS
@given(order=st.permutations(range(5)), again=st.lists(st.integers(0, 4), max_size=5))
def test_the_ledger_is_the_same_in_any_order(
    new_till: NewTill, order: list[int], again: list[int]
) -> None:
    till = new_till()
    till.click(till.link("INV-1042"), method="us_bank_account")
    told = snapshots(till, 1)
    for index in [*order, *again]:
        till.settle(told[index])
        check(till)
    assert (till.balance(), till.statuses()) == (0, ["paid"])
    (payment,) = till.payments()
    assert (payment.status, payment.allocated) == ("succeeded", 12500)


@SETTINGS
@given(order=st.permutations(range(15)))
def test_overlapping_payments_are_all_kept_and_no_balance_falls_below_zero(
    new_till: NewTill, order: list[int]
) -> None:
    till = new_till()
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="B1"))
    till.click(till.link("INV-1043"))
    told = [word for number in (1, 2, 3) for word in snapshots(till, number)]
    for index in order:
        till.settle(told[index])
        check(till)
    paid = till.payments()
    assert sum(payment.amount for payment in paid) == 12500 + 16500 + 4000
    assert sum(payment.unapplied for payment in paid) == 16500
    assert (till.balance(), till.balance("INV-1043")) == (0, 0)


def check(till: Till) -> None:
    """I1 and I2: nothing below zero, and every cent in one place."""
    laid = till.allocations()
    for payment in till.payments():
        own = sum(amount for payment_id, _, amount in laid if payment_id == payment.id)
        assert own == payment.allocated
        assert payment.unapplied >= 0
        if payment.status == "succeeded":
            assert own + payment.unapplied == payment.amount
    for number in ("INV-1042", "INV-1043"):
        invoice = till.invoice(number)
        own = sum(amount for _, invoice_number, amount in laid if invoice_number == number)
        assert own == invoice.allocated
        assert 0 <= invoice.balance.minor <= invoice.total

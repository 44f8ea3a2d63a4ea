"""Stale, doubled and shuffled words about refunds and a dispute: one ledger in the end."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.ports import GatewayDispute, GatewayRefund
from commands.refund.booking import book_refund
from storage.money import Money
from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.databases import Fresh
from tests.fakes import MemoryDisputes, MemoryGateway, MemoryPayments, MemoryRefunds
from tests.paying import Till

Word = GatewayRefund | GatewayDispute
NewTill = Callable[[], Till]


@pytest.fixture
def new_till(room: Room, fresh: Fresh) -> NewTill:
    """INV-1042 over USD 125.00 and INV-1043 over USD 40.00, paid together as pi_1."""

    def make() -> Till:
        fresh.restore()
        gateway = MemoryGateway()
        ports = replace(room.desk.gateway, checkouts=gateway, payments=MemoryPayments(gateway))
        till = Till(replace(room.desk, gateway=ports), gateway)
        with till.desk.database.writing() as session:
            add_customer(session)
            add_invoice(session)
            add_invoice(session, "INV-1043", total=4000)
        till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="B1"))
        till.pay()
        return till

    return make


def words(ending: str) -> list[Word]:
    """A refund that fails in the end, one that stays, and a dispute that is won or lost."""
    refunds, disputes = MemoryRefunds(), MemoryDisputes()
    fails = refunds.add("pi_1", Money(2500, "USD"), status="pending")
    stays = refunds.add("pi_1", Money(4000, "USD"), status="pending")
    opened = disputes.open("pi_1", Money(10000, "USD"))
    return [
        fails,
        refunds.change(fails.id, "succeeded"),
        refunds.change(fails.id, "failed"),
        stays,
        refunds.change(stays.id, "succeeded"),
        opened,
        disputes.withdraw(opened.id),
        disputes.close(opened.id, ending),  # type: ignore[arg-type]  # won or lost
    ]


def tell(till: Till, word: Word) -> None:
    if isinstance(word, GatewayRefund):
        book_refund(SETTLER, till.desk, refund=word)
    else:
        book_dispute(SETTLER, till.desk, dispute=word)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(8)),
    again=st.lists(st.integers(0, 7), max_size=3),
    ending=st.sampled_from(["won", "lost"]),
)
def test_the_ledger_is_the_same_in_any_order(
    new_till: NewTill, order: list[int], again: list[int], ending: str
) -> None:
    till, told = new_till(), words(ending)
    for index in [*order, *again]:
        tell(till, told[index])
        check(till)
    payment = till.payment()
    taken = 0 if ending == "won" else 10000
    assert (payment.refunded, payment.disputed, payment.unapplied) == (4000, taken, 0)
    balances = (till.balance("INV-1042"), till.balance("INV-1043"))
    assert balances == ((0, 4000) if ending == "won" else (10000, 4000))


def check(till: Till) -> None:
    """I1 and I2: nothing below zero, and every cent in one place."""
    payment, laid = till.payment(), till.allocations()
    assert sum(amount for _, _, amount in laid) == payment.allocated
    assert payment.unapplied >= 0
    gone = payment.refunded + payment.disputed
    assert payment.allocated + payment.unapplied == payment.amount - gone
    for number in ("INV-1042", "INV-1043"):
        invoice = till.invoice(number)
        own = sum(amount for _, name, amount in laid if name == number)
        assert own == invoice.allocated <= invoice.total

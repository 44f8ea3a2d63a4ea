"""What moved on the balance, read from the stand-in over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from bot.adapters.stripe_balance import StripeBalance, movement, payout
from bot.adapters.stripe_gateway import StripeCheckouts
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.balance_ports import Window
from commands.errors import NotFound
from storage.money import Money
from tests.bot.adapters.test_stripe_gateway import a_request, checkouts, client, sandbox

__all__ = ["checkouts", "client", "sandbox"]


@pytest.fixture
def balance(client: stripe.StripeClient) -> StripeBalance:
    return StripeBalance(client)


@pytest.fixture
def payment(sandbox: StripeSandbox, client: stripe.StripeClient) -> str:
    made = StripeCheckouts(client).start(a_request())
    return str(sandbox.pay(made.id)["payment_intent"])


def today() -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(hours=1), now + timedelta(hours=1))


def test_a_payment_is_told_with_its_fee(balance: StripeBalance, payment: str) -> None:
    [told] = balance.movements(today(), "")
    assert (told.kind, told.payment_id, told.amount) == ("payment", payment, Money(12500, "USD"))
    assert (told.fee, told.net) == (Money(393, "USD"), Money(12107, "USD"))
    assert balance.movement_of_payment(payment) == told


def test_a_debit_in_flight_has_moved_nothing(
    balance: StripeBalance, sandbox: StripeSandbox, client: stripe.StripeClient
) -> None:
    made = StripeCheckouts(client).start(replace(a_request(), method="us_bank_account"))
    intent = sandbox.pay(made.id, method="us_bank_account")["payment_intent"]
    assert balance.movement_of_payment(intent) is None
    sandbox.settle(intent)
    told = balance.movement_of_payment(intent)
    assert told is not None
    assert told.kind == "payment"


def test_refunds_and_disputes_come_with_what_they_are_now(
    balance: StripeBalance, sandbox: StripeSandbox, payment: str
) -> None:
    made = sandbox.refund(payment, 500)
    sandbox.fail_refund(made["id"])
    dispute = sandbox.dispute(payment)
    sandbox.win_dispute(dispute["id"])
    told = {m.kind: m for m in reversed(balance.movements(today(), ""))}
    assert set(told) == {"payment", "refund", "refund_failure", "dispute"}
    refund, disputed = told["refund"].refund, told["dispute"].dispute
    assert refund is not None
    assert disputed is not None
    assert (refund.id, refund.status) == (made["id"], "failed")
    assert (disputed.id, disputed.status, disputed.payment_id) == (dispute["id"], "won", payment)
    assert [row.id for row in balance.disputes(today(), "")] == [dispute["id"]]


def test_a_window_ends_before_its_end(balance: StripeBalance, payment: str) -> None:
    past = Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC))
    told = (balance.movements(past, ""), balance.disputes(past, ""), balance.payouts(past, ""))
    assert told == ([], [], [])


def test_the_next_page_begins_after_the_last_row(
    balance: StripeBalance, sandbox: StripeSandbox, payment: str
) -> None:
    sandbox.refund(payment, 500)
    newest, oldest = balance.movements(today(), "")
    assert balance.movements(today(), newest.id) == [oldest]
    assert balance.movements(today(), oldest.id) == []


def test_a_payout_is_told_with_what_it_is_made_of(
    balance: StripeBalance, sandbox: StripeSandbox, payment: str
) -> None:
    sandbox.refund(payment, 500)
    made = sandbox.pay_out()
    [told] = balance.payouts(today(), "")
    assert (told.id, told.amount, told.listed) == (made["id"], Money(11607, "USD"), True)
    assert balance.payout(told.id) == told
    parts = balance.movements_of_payout(told.id, "")
    assert sorted(part.kind for part in parts) == ["payment", "payout", "refund"]
    moved = [part.net.minor for part in parts if part.kind != "payout"]
    assert sum(moved) == told.amount.minor


def test_a_payout_that_nobody_made_is_not_found(balance: StripeBalance) -> None:
    with pytest.raises(NotFound):
        balance.payout("po_none")


def test_what_is_neither_payment_nor_refund_is_something_else() -> None:
    told = {"id": "txn_1", "type": "stripe_fee", "source": None, "created": 1_700_000_000}
    moved = movement(told | {"currency": "isk", "fee": 0, "net": -50000})
    assert (moved.kind, moved.source_id, moved.net) == ("other", "", Money(-500, "ISK"))


@pytest.mark.parametrize(
    ("own", "listed"),
    [
        ({}, True),
        ({"automatic": False}, False),
        ({"status": "in_transit"}, False),
        ({"reconciliation_status": "in_progress"}, False),
    ],
)
def test_only_a_finished_payout_of_stripes_own_can_be_asked_for_its_parts(
    own: dict[str, object], listed: bool
) -> None:
    told = {
        "id": "po_1",
        "amount": 100,
        "currency": "usd",
        "status": "paid",
        "arrival_date": 1_700_000_000,
        "created": 1_700_000_000,
        "automatic": True,
        "reconciliation_status": "completed",
    }
    assert payout(told | own).listed is listed

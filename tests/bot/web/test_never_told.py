"""No webhook is ever delivered: Stripe's history, over HTTP, brings the ledger right."""

from collections.abc import Iterator

import pytest

from bot.adapters.stripe_client import connect
from bot.jobs import gateway_events
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.access import SETTLER
from commands.take_payment import history
from tests.bot.web.conftest import KEY, SECRET, Shop
from tests.builders import add_invoice


@pytest.fixture
def stripe_stand_in() -> Iterator[StripeSandbox]:
    """Of each test its own: the whole history of an account is read here."""
    with StripeSandbox(KEY, SECRET, "Bloom Wholesale") as sandbox:
        yield sandbox


def catch_up(shop: Shop) -> int:
    """The stand-in must have told nothing by itself."""
    assert shop.settle() == 0
    history.catch_up(SETTLER, shop.desk)
    return gateway_events.drain(shop.desk)


def paid_elsewhere(shop: Shop) -> str:
    """Somebody pays the same company through another shop of theirs; the payment's id."""
    sessions = connect(KEY, shop.stripe.api_base, timeout=5).v1.checkout.sessions
    made = sessions.create(
        {
            "mode": "payment",
            "success_url": "https://shop.test/thanks",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 990,
                        "product_data": {"name": "Vases"},
                    },
                }
            ],
        }
    )
    return str(shop.stripe.pay(made.id)["payment_intent"])


def test_the_ledger_comes_right_without_a_single_webhook(shop: Shop) -> None:
    shop.stripe.deliver_events("never")
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
        add_invoice(session, "INV-1044", total=700)
    card = shop.session_id(shop.till.link("INV-1042"))
    arrives = shop.session_id(shop.till.link("INV-1043"), method="us_bank_account")
    comes_back = shop.session_id(shop.till.link("INV-1044"), method="us_bank_account")
    shop.stripe.pay(card)
    shop.stripe.pay(arrives, "us_bank_account", "settles")
    shop.stripe.pay(comes_back, "us_bank_account", "fails")
    foreign = paid_elsewhere(shop)
    assert catch_up(shop) > 0
    assert shop.till.statuses() == ["paid", "processing", "processing"]
    shop.stripe.finish_bank_debits()
    assert catch_up(shop) > 0
    assert shop.till.statuses() == ["paid", "paid", "failed"]
    assert [shop.till.balance(f"INV-104{n}") for n in (2, 3, 4)] == [0, 0, 700]
    assert shop.till.payment(foreign).customer_id is None
    assert foreign in "".join(shop.till.notices())
    ours = [row.status for row in shop.till.payments() if row.customer_id]
    assert sorted(ours) == ["failed", "succeeded", "succeeded"]


def test_refunds_and_disputes_come_without_a_webhook_too(shop: Shop) -> None:
    shop.stripe.deliver_events("never")
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
    refunded = shop.stripe.pay(shop.session_id(shop.till.link("INV-1042")))["payment_intent"]
    disputed = shop.stripe.pay(shop.session_id(shop.till.link("INV-1043")))["payment_intent"]
    shop.stripe.refund(refunded, 2500)
    failed = shop.stripe.refund(refunded, 1000)
    shop.stripe.fail_refund(failed["id"])
    dispute = shop.stripe.dispute(disputed)
    assert catch_up(shop) > 0
    assert [shop.till.balance(f"INV-104{n}") for n in (2, 3)] == [2500, 4000]
    assert shop.till.payment(disputed).disputed == 4000
    shop.stripe.win_dispute(dispute["id"])
    assert catch_up(shop) > 0
    assert shop.till.balance("INV-1043") == 0


def test_a_webhook_that_comes_after_all_changes_nothing(shop: Shop) -> None:
    shop.stripe.deliver_events("never")
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", total=4000)
    shop.stripe.pay(shop.session_id(shop.till.link("INV-1043")))
    catch_up(shop)
    before = shop.till.ledger()
    for event in shop.stripe.books.all("event"):
        shop.stripe.redeliver(event["id"])
    assert shop.settle() >= 0
    assert shop.till.ledger() == before

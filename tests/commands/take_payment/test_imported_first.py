"""A payment of Stripe's that an import recorded before its webhook came: Stripe's word counts."""

import pytest

from commands.ports import GatewayPayment
from storage import payments
from storage.money import Money
from storage.payments import Payment
from tests.builders import NOW, add_customer
from tests.paying import Till


def record(till: Till, minor: int, *, on: str = "INV-1042", customer_id: str = "C1") -> None:
    """What an import of pi_1 leaves behind: money, laid on the invoice as far as that is open."""
    row = Payment(
        id="pi_1",
        customer_id=customer_id,
        currency="USD",
        amount=minor,
        status="succeeded",
        source="import",
        method="card",
        received_on=NOW.date(),
        recorded_at=NOW,
        digest="of the file",
    )
    with till.desk.database.writing() as session:
        session.add(row)
        session.flush()
        invoice = till.invoice(on)
        if customer_id == invoice.customer_id:
            merged = session.merge(invoice)
            payments.allocate(session, row, merged, min(minor, merged.balance.minor))


def test_the_same_amount_is_one_payment_with_its_receipt(till: Till) -> None:
    till.click(till.link("INV-1042"))
    record(till, 12500)
    done = till.pay()
    till.settle(done)
    payment = till.payment()
    assert (till.balance(), payment.amount, payment.allocated) == (0, 12500, 12500)
    assert (payment.source, payment.attempt_id) == ("gateway", till.attempts()[0].id)
    assert len(till.deliveries("receipt")) == len(till.deliveries("confirmation")) == 1
    assert till.notices() == []


@pytest.mark.parametrize("said", [12110, 12800])
def test_what_stripe_took_counts_and_the_difference_is_pointed_out(till: Till, said: int) -> None:
    till.click(till.link("INV-1042"))
    record(till, said)
    till.pay()
    payment = till.payment()
    assert (till.balance(), payment.amount, payment.allocated) == (0, 12500, 12500)
    [notice] = till.notices()
    assert f"USD {said / 100:.2f}" in notice
    assert "USD 125.00" in notice


def test_the_invoices_of_the_import_keep_what_is_laid_on_them(till: Till) -> None:
    till.click(till.link("INV-1042"))
    record(till, 4000, on="INV-1043")
    till.pay()
    assert (till.balance("INV-1043"), till.balance()) == (0, 12500 - 8500)


def test_a_bank_debit_that_an_import_called_paid_is_not_paid_until_it_settles(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    record(till, 12500)
    till.pay(status="processing", method="us_bank_account")
    assert (till.balance(), till.payment().status) == (12500, "processing")
    till.pay(status="failed", method="us_bank_account")
    assert (till.balance(), till.payment().status) == (12500, "failed")


def test_a_payment_made_elsewhere_at_stripe_is_corrected_too(till: Till) -> None:
    till.click(till.link("INV-1042"))
    record(till, 12110)
    done = till.gateway.complete("cs_test_1")
    assert isinstance(done.payment, GatewayPayment)
    till.tell_alone(done.payment)
    payment = till.payment()
    assert (payment.amount, payment.allocated, payment.unapplied) == (12500, 12110, 390)
    assert len(till.notices()) == 1


def test_a_payment_recorded_for_somebody_else_is_left_for_a_person(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy")
    till.click(till.link("INV-1042"))
    record(till, 12500, customer_id="C2")
    till.pay()
    assert (till.payment().customer_id, till.payment().source) == ("C2", "import")
    [notice] = till.notices()
    assert "C2" in notice


def test_saying_it_again_points_nothing_out_twice(till: Till) -> None:
    till.click(till.link("INV-1042"))
    record(till, 12110)
    done = till.pay(amount=Money(12500, "USD"))
    till.settle(done)
    assert len(till.notices()) == 1

"""What changes on one link shows on the others."""

from commands.payment_link import service as payment_link
from commands.take_payment import overlap
from storage import invoices, payments
from storage.payments import Payment
from tests.builders import NOW, SALLY
from tests.conftest import Room
from tests.paying import Till


def take_elsewhere(till: Till, amount: int) -> None:
    """A cheque over `amount`, put on INV-1042."""
    with till.desk.database.writing() as session:
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        cheque = Payment(
            id=f"CHK-{amount}",
            customer_id="C1",
            currency="USD",
            amount=amount,
            status="succeeded",
            source="import",
            method="cheque",
            received_on=NOW.date(),
            recorded_at=NOW,
        )
        payments.allocate(session, cheque, invoice, amount)
        overlap.balances_changed(session, till.desk, ["INV-1042"], change=cheque.id)


def test_a_checkout_for_more_than_is_open_ends(till: Till) -> None:
    till.click(till.link("INV-1042"))
    take_elsewhere(till, 1)
    assert till.statuses() == ["superseded"]
    assert till.attempts()[0].expire_session


def test_a_checkout_that_still_fits_goes_on(till: Till) -> None:
    till.click(till.link("INV-1042"), amount_text="25.00")
    take_elsewhere(till, 10000)
    assert till.statuses() == ["open"]


def test_a_checkout_of_another_invoice_goes_on(till: Till) -> None:
    till.click(till.link("INV-1043"))
    take_elsewhere(till, 12500)
    assert till.statuses() == ["open"]


def test_money_under_way_is_never_dropped(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing")
    take_elsewhere(till, 12500)
    assert till.statuses() == ["processing"]
    till.pay()
    assert till.payment().unapplied == 12500


def test_disabling_a_customer_ends_what_was_begun(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1043"), method="us_bank_account")
    till.pay(2, status="processing")
    with till.desk.database.writing() as session:
        assert payment_link.turn_off_open(session, SALLY, till.desk, "C1") == 2
    assert till.statuses() == ["superseded", "processing"]

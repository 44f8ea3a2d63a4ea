"""What staff recorded, told again by the ERP."""

import pytest
from sqlmodel import col, select

from commands.deliver.confirmation import payment_confirmation
from commands.record_payment.reverse import reverse
from renderers import slack_payments
from storage import deliveries, ledger
from storage.deliveries import Delivery
from storage.payments import Payment
from tests.builders import CARL
from tests.importing import Inbox, counts, refusals
from tests.taking import take

HEADER = "payment_id,customer_id,date,amount,method,reference,invoice_number\n"


@pytest.fixture
def desk(inbox: Inbox) -> Inbox:
    """INV-1 over USD 125.00, paid with cheque 1001 at the counter today."""
    inbox.start()
    return inbox


def pay(desk: Inbox, *rows: str) -> dict[str, tuple[int, int, int]]:
    report = desk.bring(payments=HEADER + "".join(f"{row}\n" for row in rows))
    assert refusals(report) == []
    return counts(report)


def stored(desk: Inbox) -> list[Payment]:
    with desk.database.reading() as session:
        return list(ledger.every(session, Payment))


@pytest.mark.parametrize(
    "row",
    [
        "ERP-7,C1,2026-03-10,125,check,1001,INV-1",
        "ERP-7,C1,2026-03-10,125,,10 01,",
        "ERP-7,C1,2026-03-10,125,Cheque,REMIT 9,INV-1",
    ],
)
def test_the_same_payment_is_recognised_once_and_stays_recognised(desk: Inbox, row: str) -> None:
    take(desk.desk, reference="remit 9")
    assert pay(desk, row) == {"payments": (0, 1, 0)}
    assert pay(desk, row) == {"payments": (0, 0, 1)}
    [payment] = stored(desk)
    assert (payment.source, payment.erp_id, payment.allocated) == ("staff", "ERP-7", 12500)


def test_our_own_id_in_the_file_is_that_payment(desk: Inbox) -> None:
    done = take(desk.desk)
    assert pay(desk, f"ERP-7,C1,2026-03-11,125,,posted {done.payment_id},") == {
        "payments": (0, 0, 1)
    }
    assert len(stored(desk)) == 1


@pytest.mark.parametrize(
    "row",
    [
        "ERP-7,C1,2026-03-09,125,cheque,1001,",
        "ERP-7,C1,2026-03-10,124,cheque,1001,",
        "ERP-7,C1,2026-03-10,125,cash,1001,",
        "ERP-7,C1,2026-03-10,125,cheque,1002,",
        "ERP-7,C1,2026-03-10,125,cheque,,",
        "ERP-7,C2,2026-03-10,125,cheque,1001,",
    ],
)
def test_another_payment_is_another_payment(desk: Inbox, row: str) -> None:
    take(desk.desk)
    assert pay(desk, row) == {"payments": (1, 0, 0)}
    assert len(stored(desk)) == 2


def test_two_equal_ones_in_the_file_are_two(desk: Inbox) -> None:
    take(desk.desk, amount="20", method="cash", cheque_number="")
    rows = ("E1,C1,2026-03-10,20,cash,,", "E2,C1,2026-03-10,20,cash,,")
    assert pay(desk, *rows) == {"payments": (1, 1, 0)}
    assert pay(desk, *rows) == {"payments": (0, 0, 2)}


def test_cash_without_a_method_in_the_file_is_not_guessed(desk: Inbox) -> None:
    take(desk.desk, amount="20", method="cash", cheque_number="")
    assert pay(desk, "E1,C1,2026-03-10,20,,,") == {"payments": (1, 0, 0)}


def test_a_reversal_here_that_the_erp_tells_too_is_one(desk: Inbox) -> None:
    done = take(desk.desk)
    paid = "ERP-7,C1,2026-03-10,125,cheque,1001,INV-1"
    pay(desk, paid)
    reverse(CARL, desk.desk, payment_id=done.payment_id, reason="Bounced")
    both = (paid, "ERP-7,C1,2026-03-12,-125,,bounced,INV-1")
    assert pay(desk, *both) == {"payments": (0, 1, 0)}
    assert pay(desk, *both) == {"payments": (0, 0, 1)}
    assert stored(desk)[0].refunded == 12500
    assert desk.invoice("INV-1").balance.minor == 12500


def test_a_payment_and_its_reversal_may_come_in_one_call(desk: Inbox) -> None:
    done = take(desk.desk)
    reverse(CARL, desk.desk, payment_id=done.payment_id, reason="Bounced")
    both = ("ERP-7,C1,2026-03-10,125,cheque,1001,INV-1", "ERP-7,C1,2026-03-12,-125,,,INV-1")
    assert pay(desk, *both) == {"payments": (0, 1, 0)}
    assert len(stored(desk)) == 1


def test_a_reversal_that_only_the_erp_knows_takes_from_the_payment_here(desk: Inbox) -> None:
    done = take(desk.desk)
    pay(desk, "ERP-7,C1,2026-03-10,125,cheque,1001,INV-1")
    pay(desk, "ERP-7,C1,2026-03-12,-125,,bounced,INV-1")
    assert desk.payment(done.payment_id).refunded == 12500


def test_a_reversal_by_the_erp_is_told_where_the_payment_was(desk: Inbox) -> None:
    """The confirmation loses its button, as if staff had reversed it."""
    done = take(desk.desk)
    pay(desk, "ERP-7,C1,2026-03-10,125,cheque,1001,INV-1")
    back = "ERP-7,C1,2026-03-12,-125,,bounced,INV-1"
    pay(desk, back)
    pay(desk, back)  # told again
    with desk.database.reading() as session:
        confirmation = deliveries.find_by_key(session, f"confirmation:{done.payment_id}:paid")
        assert confirmation is not None
        own = select(Delivery).where(Delivery.depends_on == confirmation.id)
        purposes = [row.purpose for row in session.exec(own.order_by(col(Delivery.id)))]
        shown = payment_confirmation(session, confirmation.payload)
    assert purposes == ["reply", "edit"]
    assert not shown.can_reverse
    assert shown.reversed is not None
    assert "by an import" in str(slack_payments.payment_confirmation(shown).blocks)

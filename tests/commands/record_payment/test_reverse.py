from typing import Any

import pytest

from commands.errors import InvalidInput, NotFound, NotPermitted, Refused
from commands.record_payment import today
from commands.record_payment.reverse import look, reverse
from tests.builders import ANNA, CARL, SALLY
from tests.paying import Till
from tests.taking import take


def test_the_balance_opens_and_the_history_stays(till: Till) -> None:
    done = take(till.desk, amount="150")
    assert look(CARL, till.desk, payment_id=done.payment_id).amount.minor == 15000
    reverse(CARL, till.desk, payment_id=done.payment_id, reason="Cheque bounced")
    payment = till.payment(done.payment_id)
    assert (payment.amount, payment.refunded, payment.allocated) == (15000, 15000, 0)
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (12500, 4000)


def test_it_is_told_in_the_thread_of_the_confirmation_which_is_edited(till: Till) -> None:
    done = take(till.desk)
    reverse(CARL, till.desk, payment_id=done.payment_id, reason="Cheque bounced")
    [confirmation], [reply] = till.deliveries("confirmation"), till.deliveries("reply")
    [edit] = till.deliveries("edit")
    assert reply.depends_on == edit.depends_on == confirmation.id
    assert reply.payload["invoices"] == ["INV-1042"]


def test_it_is_reversed_once(till: Till) -> None:
    done = take(till.desk)
    reverse(CARL, till.desk, payment_id=done.payment_id, reason="Typed wrong")
    with pytest.raises(Refused, match="reversed already"):
        reverse(ANNA, till.desk, payment_id=done.payment_id, reason="Typed wrong")


def test_it_needs_a_reason_and_the_role(till: Till) -> None:
    done = take(till.desk)
    with pytest.raises(InvalidInput):
        reverse(CARL, till.desk, payment_id=done.payment_id, reason=" ")
    with pytest.raises(NotPermitted):
        reverse(SALLY, till.desk, payment_id=done.payment_id, reason="No")
    with pytest.raises(NotFound):
        reverse(CARL, till.desk, payment_id="rec_x", reason="No")


def test_a_stripe_payment_is_refunded_instead(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.pay()
    with pytest.raises(Refused, match="/pay refund"):
        reverse(CARL, till.desk, payment_id="pi_1", reason="No")
    assert till.payment().refunded == 0


def test_today_sums_by_method_and_person_less_what_was_reversed(till: Till) -> None:
    cash: dict[str, Any] = {"method": "cash", "cheque_number": ""}
    take(till.desk, amount="10", **cash)
    take(till.desk, amount="5", **cash)
    take(till.desk, ANNA, amount="7", **cash)
    gone = take(till.desk, amount="20")
    reverse(CARL, till.desk, payment_id=gone.payment_id, reason="Bounced")
    shown = today.look(CARL, till.desk, page=0)
    assert [(one.method, one.recorded_by, one.number, one.amount) for one in shown.sums] == [
        ("cash", ANNA.id, 1, 700),
        ("cash", CARL.id, 2, 1500),
        ("cheque", CARL.id, 1, 0),
    ]
    assert len(shown.rows) == 4


def test_the_list_is_paged_and_a_page_too_far_is_the_last(till: Till) -> None:
    for number in range(12):
        take(till.desk, amount="1", cheque_number=str(number))
    assert len(today.look(CARL, till.desk, page=0).rows) == 10
    last = today.look(CARL, till.desk, page=99)
    assert (last.page, last.pages, len(last.rows)) == (1, 2, 2)

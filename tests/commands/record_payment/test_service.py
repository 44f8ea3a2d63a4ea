from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.errors import Changed, InvalidInput, NotFound, NotPermitted
from commands.record_payment import service
from commands.record_payment.form import PaymentForm
from storage.money import Money
from storage.payments import Payment
from tests.builders import ANNA, CARL, MARA, NOW, SALLY, add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till
from tests.taking import a_form, take


def shares(till: Till) -> dict[str, int]:
    return {number: amount for _, number, amount in till.allocations()}


def wrong(till: Till, **own: Any) -> dict[str, str]:
    """What the form says about its fields."""
    with pytest.raises(InvalidInput) as caught:
        service.review(CARL, till.desk, form=a_form(**own))
    return caught.value.fields


def test_what_was_due_first_is_paid_first(till: Till) -> None:
    done = take(till.desk, amount="150.00")
    assert shares(till) == {"INV-1042": 12500, "INV-1043": 2500}
    payment = till.payment(done.payment_id)
    assert (payment.source, payment.status, payment.recorded_by) == ("staff", "succeeded", CARL.id)
    assert (payment.method, payment.method_detail) == ("cheque", "Cheque 1001")
    assert payment.id.startswith("rec_")


def test_ticked_invoices_are_paid_and_no_others(till: Till) -> None:
    take(till.desk, amount="60", chosen=("INV-1043",))
    assert shares(till) == {"INV-1043": 4000}
    assert till.payments()[0].unapplied == 2000


def test_the_review_shows_exactly_what_will_be(till: Till) -> None:
    form = a_form(amount="1,000.00")
    effect = service.review(CARL, till.desk, form=form)
    assert [(x.invoice_number, x.applied.minor, x.remaining.minor) for x in effect.lines] == [
        ("INV-1042", 12500, 0),
        ("INV-1043", 4000, 0),
    ]
    assert (effect.excess.minor, effect.owed_after.minor) == (83500, 0)
    assert till.payments() == []
    service.record(CARL, till.desk, form_id=form.id)
    assert till.payments()[0].unapplied == 83500


def test_submitted_twice_it_is_one_payment(till: Till) -> None:
    form = a_form()
    service.review(CARL, till.desk, form=form)
    first = service.record(CARL, till.desk, form_id=form.id)
    again = service.record(CARL, till.desk, form_id=form.id)
    assert again == replace(first, repeated=True)
    assert len(till.payments()) == 1
    assert len(till.deliveries("confirmation")) == 1


def test_submitted_twice_at_once_it_is_one_payment(till: Till) -> None:
    form = a_form()
    service.review(CARL, till.desk, form=form)
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(service.record, CARL, till.desk, form_id=form.id) for _ in range(4)]
        done = [each.result() for each in tries]
    assert [each.repeated for each in done].count(False) == 1
    assert (len(till.payments()), till.balance("INV-1042")) == (1, 0)


def test_two_cheques_at_once_never_settle_more_than_is_open(till: Till) -> None:
    forms_ = [a_form(cheque_number=str(number)) for number in range(4)]
    for form in forms_:
        service.review(CARL, till.desk, form=form)

    def submit(form: PaymentForm) -> bool:
        try:
            service.record(CARL, till.desk, form_id=form.id)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(submit, forms_)) == [False, False, False, True]
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (0, 4000)


def test_a_form_of_somebody_else_is_not_known(till: Till) -> None:
    form = a_form()
    service.review(CARL, till.desk, form=form)
    with pytest.raises(NotFound):
        service.record(ANNA, till.desk, form_id=form.id)


def test_only_cashiers_and_admins_record(till: Till) -> None:
    for actor in (SALLY, MARA):
        with pytest.raises(NotPermitted):
            service.review(actor, till.desk, form=a_form())
    take(till.desk, ANNA)


@pytest.mark.parametrize(
    ("own", "field", "said"),
    [
        ({"amount": "1,250"}, "amount", "two ways"),
        ({"amount": "0"}, "amount", "above zero"),
        ({"amount": "-5"}, "amount", "above zero"),
        ({"amount": "5 EUR"}, "amount", "not in EUR"),
        ({"received_on": "2026-03-11"}, "received_on", "not come yet"),
        ({"received_on": "2016-03-11"}, "received_on", "check the year"),
        ({"received_on": ""}, "received_on", "choose the day"),
        ({"cheque_number": ""}, "cheque_number", "number of the cheque"),
        ({"method": "cash"}, "cheque_number", "leave it empty"),
        ({"method": ""}, "method", "how it was paid"),
        ({"reference": "x" * 101}, "reference", "100 characters"),
        ({"chosen": ()}, "how", "tick the invoices"),
        ({"currency": "JPY"}, "amount", "Nothing is open in JPY"),
    ],
)
def test_mistakes_are_said_beside_their_field(
    till: Till, own: dict[str, Any], field: str, said: str
) -> None:
    assert said in wrong(till, **own)[field]


def test_the_same_cheque_again_is_pointed_out_and_needs_a_tick(till: Till) -> None:
    first = take(till.desk, amount="10")
    form = a_form(amount="10", cheque_number=" 10 01 ")
    effect = service.review(CARL, till.desk, form=form)
    assert [row.id for row in effect.duplicates] == [first.payment_id]
    with pytest.raises(InvalidInput, match="another payment"):
        service.record(CARL, till.desk, form_id=form.id)
    service.record(CARL, till.desk, form_id=form.id, in_spite_of_duplicates=True)
    assert len(till.payments()) == 2


def test_cash_of_the_same_day_is_pointed_out_and_of_another_day_is_not(till: Till) -> None:
    cash: dict[str, Any] = {"method": "cash", "cheque_number": "", "amount": "10"}
    take(till.desk, **cash)
    effect = service.review(CARL, till.desk, form=a_form(**cash))
    assert len(effect.duplicates) == 1
    earlier = a_form(**cash, received_on="2026-03-09")
    assert service.review(CARL, till.desk, form=earlier).duplicates == ()


def test_a_balance_that_moved_since_the_review_is_shown_again(till: Till) -> None:
    form = a_form()
    service.review(CARL, till.desk, form=form)
    take(till.desk, ANNA, amount="25", cheque_number="7")
    with pytest.raises(Changed):
        service.record(CARL, till.desk, form_id=form.id)
    service.review(CARL, till.desk, form=form)
    service.record(CARL, till.desk, form_id=form.id)
    assert till.balance("INV-1042") == 0


def test_by_age_what_a_bank_debit_pays_is_left_to_it(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing", method="us_bank_account")
    effect = service.review(CARL, till.desk, form=a_form(amount="30"))
    assert effect.plan.shares == {"INV-1043": 3000}
    assert [item.invoice.number for item in effect.under_way] == ["INV-1042"]
    chosen = a_form(amount="30", chosen=("INV-1042",))
    assert service.review(CARL, till.desk, form=chosen).plan.shares == {"INV-1042": 3000}


def test_a_checkout_that_would_take_too_much_ends_at_once(till: Till) -> None:
    till.click(till.link("INV-1042"))
    take(till.desk)
    assert till.statuses() == ["superseded"]
    assert till.attempts()[0].expire_session


def test_the_confirmation_and_the_receipt_are_queued_with_it(till: Till) -> None:
    done = take(till.desk, email_receipt=True)
    [confirmation] = till.deliveries("confirmation")
    assert confirmation.payload == {"payment": done.payment_id, "event": "paid"}
    assert till.receipt_addresses() == ["ap@iris.test"]


def test_without_the_tick_no_receipt_is_mailed(till: Till) -> None:
    take(till.desk)
    assert till.deliveries("receipt") == []


def test_the_customers_own_currency_can_always_be_paid_in(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy")
        add_invoice(session, "INV-J", total=9800, currency="JPY", customer_id="C2")
    effect = service.review(CARL, till.desk, form=a_form(customer_id="C2"))
    assert effect.excess.minor == 12500


def test_another_currency_is_paid_in_its_own_minor_units(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-J", total=9800, currency="JPY")
    take(till.desk, currency="JPY", amount="9800")
    assert till.balance("INV-J") == 0
    assert "decimals" in wrong(till, currency="USD", amount="1.005")["amount"]


# -- Stripe's payments --------------------------------------------------------------------------


def from_stripe(till: Till, **own: Any) -> None:
    """Money that Stripe told of and nobody explained."""
    facts: dict[str, Any] = {
        "id": "pi_9",
        "currency": "USD",
        "amount": 12500,
        "status": "succeeded",
        "source": "gateway",
        "method": "card",
        "received_on": NOW.date(),
        "recorded_at": NOW,
    }
    with till.desk.database.writing() as session:
        session.add(Payment(**(facts | own)))


def test_a_stripe_payment_named_in_the_reference_is_that_payment(till: Till) -> None:
    from_stripe(till)
    take(till.desk, reference="Stripe pi_9")
    [payment] = till.payments()
    assert (payment.id, payment.customer_id, payment.unapplied) == ("pi_9", "C1", 0)
    assert till.balance("INV-1042") == 0


def test_a_stripe_payment_put_on_twice_is_put_on_once(till: Till) -> None:
    from_stripe(till)
    form = a_form(reference="pi_9")
    service.review(CARL, till.desk, form=form)
    first = service.record(CARL, till.desk, form_id=form.id)
    assert service.record(CARL, till.desk, form_id=form.id) == replace(first, repeated=True)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"amount": 100}, "is USD 1.00 at Stripe"),
        ({"customer_id": "C2"}, "another customer"),
        ({"status": "processing"}, "is processing at Stripe"),
        ({"refunded": 12500}, "nothing of it is unapplied"),
        ({"id": "pi_8"}, "has not told us of pi_9"),
    ],
)
def test_a_stripe_payment_that_does_not_fit_is_refused(
    till: Till, own: dict[str, Any], said: str
) -> None:
    with till.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy")
    from_stripe(till, **own)
    assert said in wrong(till, reference="pi_9")["reference"]


def test_what_is_in_dispute_gets_nothing_unless_it_is_ticked(till: Till, room: Room) -> None:
    till.click(till.link("INV-1042"))
    till.pay()
    room.disputes.open("pi_1", Money(12500, "USD"))
    book_dispute(SETTLER, till.desk, dispute=room.disputes.withdraw("du_1"))
    assert till.balance("INV-1042") == 12500

    take(till.desk, amount="30.00")
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (12500, 1000)
    take(till.desk, amount="50.00", cheque_number="1002", chosen=("INV-1042",))
    assert till.balance("INV-1042") == 7500


def test_what_a_bank_debit_and_its_credit_will_settle_gets_nothing(till: Till) -> None:
    take(till.desk, amount="20.00", chosen=("INV-1043",))
    with till.desk.database.writing() as session:
        add_invoice(session, "CR-1", total=-2000)
    till.click(till.link("INV-1042"), method="us_bank_account", use_credit=True)
    till.pay(status="processing")
    take(till.desk, amount="30.00", cheque_number="1002")
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (12500, 0)
    [second] = [row for row in till.payments() if row.cheque_number == "1002"]
    assert second.unapplied == 1000

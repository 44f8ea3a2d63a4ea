"""Who may refund what, and what it does to the invoices."""

import pytest

from commands.access import SETTLER, Actor
from commands.dispute.booking import book_dispute
from commands.errors import InvalidInput, NotFound, NotPermitted, Refused
from storage.money import Money
from tests.builders import ANNA, CARL, MARA, SALLY
from tests.conftest import Room
from tests.refunding import Counter


def test_an_admin_refunds_below_the_limit_without_asking(counter: Counter) -> None:
    assert counter.place(ANNA).way == "direct"
    counter.work()
    assert counter.till.payment().refunded == 4000
    assert counter.till.balance("INV-1043") == 4000
    [order] = counter.orders()
    assert (order.status, order.refund_id) == ("done", "re_1")
    assert counter.stripe.requests[0].reason == "requested_by_customer"


def test_it_comes_off_the_invoice_that_was_chosen(counter: Counter) -> None:
    plan = counter.place(ANNA, "40.00", invoices=("INV-1042",))
    assert [(each.number, each.balance.minor) for each in plan.effects] == [("INV-1042", 4000)]
    counter.work()
    assert (counter.till.balance("INV-1042"), counter.till.balance("INV-1043")) == (4000, 0)


def test_what_does_not_fit_on_the_chosen_one_comes_off_the_others(counter: Counter) -> None:
    counter.place(ANNA, "60.00", invoices=("INV-1043",))
    counter.work()
    assert (counter.till.balance("INV-1042"), counter.till.balance("INV-1043")) == (2000, 4000)


def test_what_is_shown_before_is_what_happens(counter: Counter) -> None:
    plan = counter.place(ANNA, "150.00", invoices=("INV-1042",))
    counter.work()
    for each in plan.effects:
        assert counter.till.balance(each.number) == each.balance.minor


def test_ordered_money_is_not_refundable_again(counter: Counter) -> None:
    counter.place(ANNA, "165.00")
    with pytest.raises(Refused, match="Nothing is left"):
        counter.place(ANNA, "1.00")


def test_the_same_form_twice_is_one_refund(counter: Counter) -> None:
    wish = counter.wish()
    counter.place(ANNA, draft_id=wish.draft_id)
    with pytest.raises(Refused, match="sent before"):
        counter.place(ANNA, draft_id=wish.draft_id)
    counter.work()
    assert len(counter.stripe.made) == 1


@pytest.mark.parametrize("person", [CARL, MARA])
def test_a_cashier_and_a_sales_manager_ask(counter: Counter, person: Actor) -> None:
    assert counter.place(person).way == "ask"
    counter.work()
    assert counter.stripe.made == {}
    assert counter.approvals()[0].totals == {"USD": 4000}


def test_sales_may_not_even_ask(counter: Counter) -> None:
    with pytest.raises(NotPermitted):
        counter.place(SALLY)
    assert counter.audited("refund")[-1].outcome == "denied"


@pytest.mark.parametrize("limit", [39, 0])
def test_above_the_limit_an_admin_asks_too(counter: Counter, limit: int) -> None:
    counter.rule(refund_second_person_over=limit)
    assert counter.place(ANNA).way == "ask"


def test_in_parts_nobody_goes_round_the_limit(counter: Counter) -> None:
    counter.rule(refund_second_person_over=50)
    assert counter.place(ANNA, "40.00").way == "direct"
    assert counter.place(ANNA, "20.00").way == "ask"


def test_another_currency_always_asks(counter: Counter) -> None:
    counter.rule(default_currency="EUR")
    assert counter.place(ANNA, "1.00").way == "ask"


@pytest.mark.parametrize(
    "text", ["", "0", "-5", "165.01", "1,000.00", "1e3", "10.001", "\u0661\u0660"]
)
def test_a_bad_amount_is_told_on_its_field(counter: Counter, text: str) -> None:
    with pytest.raises(InvalidInput) as told:
        counter.place(ANNA, text)
    assert list(told.value.fields) == ["amount"]


def test_the_only_admin_approves_alone_with_a_reason(counter: Counter) -> None:
    counter.give(MARA)
    counter.rule(refund_second_person_over=10)
    with pytest.raises(InvalidInput, match="say why"):
        counter.place(ANNA)
    assert counter.place(ANNA, own_reason="Year end, alone in the office").way == "alone"
    counter.work()
    assert counter.till.payment().refunded == 4000
    [marked] = counter.audited("approve_own_request")
    assert marked.detail["reason"] == "Year end, alone in the office"
    assert counter.approvals()[0].status == "done"


def test_with_nobody_to_ask_it_is_told_before(counter: Counter) -> None:
    for person in (MARA, ANNA):
        counter.give(person)
    with pytest.raises(Refused, match="Nobody could approve it"):
        counter.place(CARL)


def test_a_disputed_payment_is_not_refunded(counter: Counter, room: Room) -> None:
    dispute = room.disputes.open("pi_1", Money(16500, "USD"))
    book_dispute(SETTLER, counter.desk, dispute=dispute)
    with pytest.raises(Refused, match="disputed"):
        counter.place(ANNA)


def test_an_unknown_payment_is_told(counter: Counter) -> None:
    with pytest.raises(NotFound):
        counter.place(ANNA, payment_id="pi_none")

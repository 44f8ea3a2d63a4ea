from typing import Any

import pytest

from commands.apply_credit import service
from commands.apply_credit.effect import CreditForm
from commands.errors import Changed, InvalidInput, NotFound, NotPermitted, Refused
from storage.credits import Applied
from storage.payments import Payment
from tests.builders import ANNA, CARL, NOW, SALLY, add_customer, add_invoice
from tests.paying import Till
from tests.taking import take


@pytest.fixture
def paid(till: Till) -> Till:
    """Blue Iris has the credit memo CR-1 over USD 20.00 and USD 30.00 unapplied, as rec_1."""
    with till.desk.database.writing() as session:
        add_invoice(session, "CR-1", total=-2000)
        session.add(unapplied("rec_1", 3000))
    return till


def unapplied(payment_id: str, amount: int, **own: Any) -> Payment:
    facts: dict[str, Any] = {
        "id": payment_id,
        "customer_id": "C1",
        "currency": "USD",
        "amount": amount,
        "status": "succeeded",
        "source": "staff",
        "method": "cash",
        "received_on": NOW.date(),
        "recorded_at": NOW,
    }
    return Payment(**(facts | own))


def a_form(**own: Any) -> CreditForm:
    facts: dict[str, Any] = {
        "id": "credit_1",
        "customer_id": "C1",
        "currency": "USD",
        "sources": ("memo:CR-1", "payment:rec_1"),
        "chosen": None,
    }
    return CreditForm(**(facts | own))


def put(till: Till, **own: Any) -> None:
    service.review(CARL, till.desk, form=a_form(**own))
    service.apply(CARL, till.desk, form_id=own.get("id", "credit_1"))


def test_credit_goes_on_what_was_due_first(paid: Till) -> None:
    effect = service.review(CARL, paid.desk, form=a_form())
    assert [(m.source, m.number, m.amount) for m in effect.moves] == [
        ("memo:CR-1", "INV-1042", 2000),
        ("payment:rec_1", "INV-1042", 3000),
    ]
    assert (paid.balance("INV-1042"), effect.lines[0].remaining.minor) == (12500, 7500)
    service.apply(CARL, paid.desk, form_id="credit_1")
    assert paid.balance("INV-1042") == 7500
    assert (paid.balance("CR-1"), paid.payment("rec_1").unapplied) == (0, 0)


def test_only_the_chosen_credit_goes_on_the_chosen_invoices(paid: Till) -> None:
    put(paid, sources=("payment:rec_1",), chosen=("INV-1043",))
    assert (paid.balance("INV-1042"), paid.balance("INV-1043")) == (12500, 1000)
    assert paid.balance("CR-1") == -2000


def test_submitted_twice_it_moves_once(paid: Till) -> None:
    put(paid)
    assert service.apply(CARL, paid.desk, form_id="credit_1") == "Blue Iris Florist"
    assert paid.balance("INV-1042") == 7500
    with pytest.raises(Refused, match="used already"):
        service.review(CARL, paid.desk, form=a_form())


def test_what_moved_since_the_review_is_shown_again(paid: Till) -> None:
    service.review(CARL, paid.desk, form=a_form())
    take(paid.desk, amount="120")
    with pytest.raises(Changed):
        service.apply(CARL, paid.desk, form_id="credit_1")


def test_a_checkout_that_would_take_too_much_ends(paid: Till) -> None:
    paid.click(paid.link("INV-1042"))
    put(paid)
    assert paid.statuses() == ["superseded"]


@pytest.mark.parametrize("own", [{"sources": ()}, {"chosen": ()}, {"chosen": ("INV-404",)}])
def test_a_form_that_moves_nothing_says_so(paid: Till, own: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        service.review(CARL, paid.desk, form=a_form(**own))


def test_only_cashiers_and_admins_and_only_their_own_form(paid: Till) -> None:
    with pytest.raises(NotPermitted):
        service.review(SALLY, paid.desk, form=a_form())
    service.review(CARL, paid.desk, form=a_form())
    with pytest.raises(NotFound):
        service.apply(ANNA, paid.desk, form_id="credit_1")


def test_credit_is_taken_off_again(paid: Till) -> None:
    put(paid)
    assert service.applied(CARL, paid.desk, customer_id="C1") == [
        Applied("memo", "CR-1", "INV-1042", 2000, "USD"),
        Applied("payment", "rec_1", "INV-1042", 3000, "USD"),
    ]
    chosen = [("memo", "CR-1", "INV-1042"), ("payment", "rec_1", "INV-1042")]
    service.take_off(CARL, paid.desk, customer_id="C1", chosen=chosen)
    assert (paid.balance("INV-1042"), paid.balance("CR-1")) == (12500, -2000)
    assert paid.payment("rec_1").unapplied == 3000
    with pytest.raises(Refused, match="meanwhile"):
        service.take_off(CARL, paid.desk, customer_id="C1", chosen=chosen)


def test_credit_of_another_customer_is_not_taken_off(paid: Till) -> None:
    put(paid)
    with paid.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy")
    with pytest.raises(Refused):
        service.take_off(CARL, paid.desk, customer_id="C2", chosen=[("memo", "CR-1", "INV-1042")])


# -- money that found no invoice ----------------------------------------------------------------


@pytest.fixture
def paid_twice(till: Till) -> Till:
    """INV-1042 was paid with a cheque while the customer paid it with pi_1."""
    till.click(till.link("INV-1042"))
    take(till.desk)
    till.pay()
    return till


def test_the_excess_is_told_and_can_be_put_on_another_invoice(paid_twice: Till) -> None:
    [notice] = paid_twice.deliveries("notice")
    assert notice.payload["excess_of"] == "pi_1"
    put(paid_twice, sources=("payment:pi_1",), payment_id="pi_1")
    assert paid_twice.balance("INV-1043") == 0
    [edit] = paid_twice.deliveries("edit")
    assert edit.depends_on == notice.id


def test_keeping_it_is_noted_once_with_who_said_so(paid_twice: Till) -> None:
    service.keep_as_credit(CARL, paid_twice.desk, payment_id="pi_1")
    with pytest.raises(Refused, match="said so already"):
        service.keep_as_credit(ANNA, paid_twice.desk, payment_id="pi_1")
    with pytest.raises(NotPermitted):
        service.keep_as_credit(SALLY, paid_twice.desk, payment_id="pi_1")
    with pytest.raises(NotFound):
        service.keep_as_credit(CARL, paid_twice.desk, payment_id="pi_404")
    assert paid_twice.deliveries("notice")[0].payload["kept_by"] == CARL.id
    assert len(paid_twice.deliveries("edit")) == 1


def test_money_of_nobody_becomes_the_customers_when_it_is_applied(till: Till) -> None:
    with till.desk.database.writing() as session:
        session.add(unapplied("pi_7", 4000, customer_id=None, source="gateway"))
    put(till, sources=("payment:pi_7",), chosen=("INV-1043",), payment_id="pi_7")
    assert (till.payment("pi_7").customer_id, till.balance("INV-1043")) == ("C1", 0)


def test_money_of_another_customer_is_not_theirs_to_apply(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_customer(session, "C2", name="Red Poppy")
        session.add(unapplied("pi_7", 4000, customer_id="C2"))
    with pytest.raises(Refused, match="not credit of"):
        service.review(CARL, till.desk, form=a_form(payment_id="pi_7"))

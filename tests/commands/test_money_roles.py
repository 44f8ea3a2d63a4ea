"""Who may record, reverse, apply, void and write off: Admin and Cashier, whatever the way in."""

from collections.abc import Callable

import pytest

from commands.access import Actor
from commands.apply_credit import service as credit
from commands.apply_credit.effect import CreditForm
from commands.desk import Desk
from commands.errors import NotPermitted, Refused
from commands.record_payment import reverse, service, today
from commands.void_invoice import service as void
from commands.void_invoice.service import EndInvoice
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, SALLY
from tests.paying import Till
from tests.slack_room import audited
from tests.taking import a_form

CREDIT = CreditForm("credit_1", "C1", "USD", ("memo:CR-1",), None)
END = EndInvoice("INV-404", "void", "Wrong", "")

ACTS: dict[str, Callable[[Actor, Desk], object]] = {
    "review_payment": lambda who, desk: service.review(who, desk, form=a_form()),
    "record_payment": lambda who, desk: service.record(who, desk, form_id="rec_x"),
    "look_at_reversal": lambda who, desk: reverse.look(who, desk, payment_id="rec_x"),
    "reverse_payment": lambda who, desk: reverse.reverse(who, desk, payment_id="rec_x", reason="x"),
    "list_payments": lambda who, desk: today.look(who, desk, page=0),
    "review_credit": lambda who, desk: credit.review(who, desk, form=CREDIT),
    "apply_credit": lambda who, desk: credit.apply(who, desk, form_id="credit_x"),
    "list_applied_credit": lambda who, desk: credit.applied(who, desk, customer_id="C1"),
    "take_off_credit": lambda who, desk: credit.take_off(who, desk, customer_id="C1", chosen=[]),
    "keep_as_credit": lambda who, desk: credit.keep_as_credit(who, desk, payment_id="pi_x"),
    "look_at_void": lambda who, desk: void.look(who, desk, number="INV-404"),
    "review_void": lambda who, desk: void.review(
        who, desk, number="INV-404", ending="void", reason="x"
    ),
    "void_invoice": lambda who, desk: void.end_invoice(who, desk, order=END),
}


@pytest.mark.parametrize("act", ACTS)
def test_others_are_denied_with_a_trace_and_nothing_moves(till: Till, act: str) -> None:
    before = till.ledger()
    for who in (SALLY, MARA, ALEX, NOBODY):
        with pytest.raises(NotPermitted) as denied:
            ACTS[act](who, till.desk)
        assert denied.value.may == ("Admin", "Cashier")
    assert [(row.action, row.actor) for row in audited(till.desk, "denied")] == [
        (act, who.id) for who in (SALLY, MARA, ALEX, NOBODY)
    ]
    assert till.ledger() == before


@pytest.mark.parametrize("act", ACTS)
def test_admins_and_cashiers_get_past_the_table(till: Till, act: str) -> None:
    for who in (ANNA, CARL):
        try:
            ACTS[act](who, till.desk)
        except Refused:
            continue

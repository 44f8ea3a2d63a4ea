"""Payments taken elsewhere, for tests: a form of Carl's with keyword overrides."""

from typing import Any

from commands.access import Actor
from commands.desk import Desk
from commands.record_payment import form as forms
from commands.record_payment import service
from commands.record_payment.form import PaymentForm
from commands.record_payment.service import Recorded
from tests.builders import CARL


def a_form(**own: Any) -> PaymentForm:
    """A cheque over USD 125.00 of Blue Iris, put on what was due first."""
    facts: dict[str, Any] = {
        "id": forms.fresh_id(),
        "customer_id": "C1",
        "currency": "USD",
        "method": "cheque",
        "cheque_number": "1001",
        "amount": "125",
        "received_on": "2026-03-10",
        "reference": "",
        "chosen": None,
        "email_receipt": False,
    }
    return PaymentForm(**(facts | own))


def take(desk: Desk, actor: Actor = CARL, **own: Any) -> Recorded:
    """Fill in, review and record."""
    form = a_form(**own)
    service.review(actor, desk, form=form)
    return service.record(actor, desk, form_id=form.id)

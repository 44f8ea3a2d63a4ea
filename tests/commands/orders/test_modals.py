"""Every view of an order is one that Slack takes, and no name can do anything in it."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.sandbox.slack.blocks import refusals
from commands.orders import form as forms
from commands.orders import issue_modal, modal, review_modal
from commands.orders.drafts import Review
from commands.orders.form import OrderForm
from commands.orders.issue_modal import Issuable
from commands.orders.service import Issued, Saved
from commands.send_invoice.service import Sent
from storage.customers import Contact, Customer
from storage.money import Money
from storage.orders import Order, OrderLine
from tests.builders import NOW
from tests.orders import a_form

TODAY = NOW.date()
ODD = "*<!channel>* & <https://evil.test|Pay> `x` \u202egnp\u202c " + "🌷" * 100
BLUE_IRIS = Customer(id="C1", name="Blue Iris Florist", currency="USD")
LONGEST = f"999999 boxes x {'&' * 200} @ 1 +8.875%\n"


def a_review(form: OrderForm, **own: Any) -> Review:
    priced = forms.price(form, BLUE_IRIS, TODAY)
    contact = Contact(customer_id="C1", purpose="invoice", address="ap@iris.test")
    review = Review(form, priced, "Blue Iris", TODAY, (contact,), "", may_send=True)
    return replace(review, **own)


@pytest.mark.parametrize(
    "found", [[], [BLUE_IRIS], [BLUE_IRIS, Customer(id="C2", name=ODD, currency="USD")]]
)
@pytest.mark.parametrize("typed", ["", ODD])
def test_slack_takes_the_form(found: list[Customer], typed: str) -> None:
    view = modal.form("form-1", "C0", TODAY, found=found, typed=typed)
    assert refusals(view, surface="modal") == []
    assert "<!channel>" not in json.dumps(view)


def test_a_customer_with_a_long_name_can_be_chosen() -> None:
    odd = Customer(id="C" * 100, name=ODD, currency="USD")
    view = modal.form("form-1", "C0", TODAY, found=[odd], typed="odd")
    assert refusals(view, surface="modal") == []


@pytest.mark.parametrize("choice", [review_modal.SEND, review_modal.SAVE])
@pytest.mark.parametrize(
    "review",
    [
        a_review(a_form()),
        a_review(a_form(lines=LONGEST * 100)),
        a_review(replace(a_form(), po_number=ODD[:100], notes="n" * 2000), customer_name=ODD),
        a_review(a_form(lines=f"1 x {ODD[:150]} @ 1"), no_link_reason=ODD),
        a_review(a_form(), may_send=False),
    ],
)
def test_slack_takes_the_review(review: Review, choice: str) -> None:
    view = review_modal.view(review, choice)
    assert refusals(view, surface="modal") == []
    assert "<!channel>" not in json.dumps(view)
    assert len(json.dumps(view)) < 250_000


def test_whoever_may_not_send_can_only_save() -> None:
    view = review_modal.view(a_review(a_form(), may_send=False), review_modal.SEND)
    assert view["submit"]["text"] == "Save"
    assert review_modal.chosen({}) == review_modal.SAVE


def test_slack_takes_what_is_said_afterwards() -> None:
    sent = Sent(7, "INV-1", ODD, ("a@b.test",), ("a@b.test",), True, NOW, NOW, repeated=False)
    views = [
        review_modal.saved(Saved("SO-1001", ODD, Money(100, "KWD"), repeated=False)),
        review_modal.issued(Issued("SO-1001", sent)),
    ]
    for view in views:
        assert refusals(view, surface="modal") == []
        assert view["clear_on_close"]


def test_slack_takes_the_form_that_issues_an_invoice() -> None:
    order = Order(number="9" * 100, customer_id="C1", order_date=TODAY, currency="USD")
    line = OrderLine(order_number=order.number, **_priced())
    odd = Customer(id="C1", name=ODD, currency="USD")
    issuable = Issuable(order, odd, (line,) * 100, date(2026, 4, 1), (), ODD)
    view = issue_modal.view(issuable, draft_id="d", typed_in="C0")
    assert refusals(view, surface="modal") == []
    assert "<!channel>" not in json.dumps(view)


def _priced() -> dict[str, Any]:
    [line] = forms.price(a_form(lines="1 x Vase @ 10 +8.25%"), BLUE_IRIS, TODAY).lines
    return {name: getattr(line, name) for name in line.__slots__}

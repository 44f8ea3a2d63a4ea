"""What the holder of a link is shown."""

from datetime import date

import pytest

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.errors import NotFound, Refused
from commands.ports import AccountState
from commands.take_payment.page import Look, pay_page
from renderers.page_values import NoticePage, PayPage
from storage import customers
from storage.money import Money
from tests.builders import add_invoice
from tests.conftest import Room
from tests.paying import Till


def page(till: Till, token: str, *, returned: bool = False) -> PayPage:
    shown = pay_page(till.desk, token=token, look=Look(returned=returned))
    assert isinstance(shown, PayPage)
    return shown


def change_customer(till: Till, **own: object) -> None:
    with till.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        for name, value in own.items():
            setattr(customer, name, value)
        session.add(customer)


def test_what_is_due_now_with_its_invoices_and_methods(till: Till) -> None:
    token = till.link("INV-1042", "INV-1043")
    shown = page(till, token)
    assert (shown.state, str(shown.due)) == ("due", "USD 165.00")
    assert [row.number for row in shown.invoices] == ["INV-1042", "INV-1043"]
    assert shown.invoices[0].pdf_url == f"/pay/{token}/invoices/INV-1042.pdf"
    assert shown.methods == ("card", "us_bank_account")


def test_the_preferred_method_comes_first(till: Till) -> None:
    change_customer(till, preferred_method="us_bank_account")
    assert page(till, till.link("INV-1042")).methods == ("us_bank_account", "card")


def test_part_paid_shows_what_remains(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, amount_text="25")
    till.pay()
    shown = page(till, token)
    assert (shown.due, shown.invoices[0].settled) == (Money(10000, "USD"), Money(2500, "USD"))


def test_a_bank_debit_under_way_leaves_nothing_to_pay(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account")
    till.pay(status="processing")
    shown = page(till, token)
    assert (shown.state, shown.methods, shown.due.minor) == ("processing", (), 0)
    assert (shown.pending, shown.expected_by) == (Money(12500, "USD"), date(2026, 3, 16))


def test_what_is_not_under_way_can_still_be_paid(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account", amount_text="100")
    till.pay(status="processing")
    shown = page(till, token)
    assert (shown.state, shown.due, shown.pending) == (
        "due",
        Money(2500, "USD"),
        Money(10000, "USD"),
    )


def test_paid_shows_when_and_with_what(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.pay()
    shown = page(till, token)
    assert (shown.state, shown.paid_on, shown.paid_with) == (
        "paid",
        date(2026, 3, 10),
        "Visa ending in 4242",
    )


def test_a_void_invoice_has_nothing_due(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-V", lifecycle="void")
    assert page(till, till.link("INV-V")).state == "nothing_due"


def test_an_account_that_cannot_take_money_says_whom_to_call(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    room.account.answer = AccountState("restricted")
    shown = page(till, token)
    assert (shown.state, shown.methods) == ("unavailable", ())
    assert "+1 206 555 0100" in shown.notice


def test_less_than_the_gateway_takes_says_so(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-S", total=49)
    shown = page(till, till.link("INV-S"))
    assert shown.state == "unavailable"
    assert "USD 0.49 is less than the smallest amount" in shown.notice


def test_a_payment_begun_by_somebody_is_mentioned(till: Till) -> None:
    till.click(till.link("INV-1042", kind="bulk", subject="B1"))
    assert "colleague" in page(till, till.link("INV-1042")).notice


def test_back_from_the_gateway_before_the_ledger_knows(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    shown = page(till, token, returned=True)
    assert (shown.state, shown.confirming) == ("due", Money(12500, "USD"))
    assert page(till, token).confirming is None


def test_back_from_the_gateway_the_page_says_what_was_paid_and_not_what_is_open(
    till: Till,
) -> None:
    token = till.link("INV-1042")
    till.click(token, amount_text="100")
    assert page(till, token, returned=True).confirming == Money(10000, "USD")


def test_coming_back_while_a_colleague_pays_elsewhere_is_just_a_visit(till: Till) -> None:
    till.click(till.link("INV-1042", kind="bulk", subject="B1"))
    shown = page(till, till.link("INV-1042"), returned=True)
    assert shown.confirming is None
    assert "colleague" in shown.notice


def test_coming_back_without_having_begun_is_just_a_visit(till: Till) -> None:
    assert page(till, till.link("INV-1042"), returned=True).confirming is None


def test_a_disabled_customer_sees_no_amount_and_may_come_back_later(till: Till) -> None:
    token = till.link("INV-1042")
    change_customer(till, payment_links_enabled=False)
    assert isinstance(pay_page(till.desk, token=token), NoticePage)
    change_customer(till, payment_links_enabled=True)
    assert page(till, token).state == "due"


def test_an_unknown_token_is_not_found(till: Till) -> None:
    with pytest.raises(NotFound):
        pay_page(till.desk, token="x" * 43)


def dispute(till: Till, room: Room, payment_id: str, minor: int) -> None:
    told = room.disputes.open(payment_id, Money(minor, "USD"))
    book_dispute(SETTLER, till.desk, dispute=told)
    book_dispute(SETTLER, till.desk, dispute=room.disputes.withdraw(told.id))


def test_a_disputed_invoice_is_not_offered_and_says_whom_to_call(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.pay()
    dispute(till, room, "pi_1", 12500)
    shown = page(till, token)
    assert (shown.state, shown.methods, shown.due.minor) == ("disputed", (), 0)
    assert "+1 206 555 0100" in shown.notice
    with pytest.raises(Refused, match="in dispute"):
        till.click(token)


def test_what_is_not_disputed_can_still_be_paid(till: Till, room: Room) -> None:
    token = till.link("INV-1042", "INV-1043", kind="bulk", subject="b1")
    till.click(token, invoice_numbers=("INV-1042",))
    till.pay()
    dispute(till, room, "pi_1", 12500)
    shown = page(till, token)
    assert (shown.state, shown.due.minor) == ("due", 4000)
    assert [row.disputed for row in shown.invoices] == [True, False]
    assert "in dispute" in shown.notice


def test_a_checkout_that_was_begun_ends_when_the_dispute_opens(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.click(token, amount_text="25")
    till.pay()
    till.click(token)
    dispute(till, room, "pi_1", 2500)
    assert till.statuses() == ["paid", "superseded"]

"""A statement's link: what it said, what is due now, and what changed since, line by line."""

from datetime import date
from typing import Any

import pytest

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.import_files import releases
from commands.payment_link import service as payment_link
from commands.send_statement import service
from commands.send_statement.order import SendStatement
from commands.take_payment.page import pay_page
from renderers.page_values import PayPage
from storage import payment_links, statements
from storage.invoices import Invoice
from storage.money import Money
from tests.builders import SALLY, add_invoice
from tests.conftest import Room
from tests.paying import Till

END = date(2026, 3, 9)  # the day before the story's


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def token(till: Till) -> str:
    """A statement up to 9 Mar 2026 over INV-1042 (USD 125.00) and INV-1043 (USD 40.00)."""
    order = SendStatement(
        draft_id="d1",
        customer_id="C1",
        currency="USD",
        type="open_items_unpaid",
        period_end=END,
        recipients=("ap@iris.test",),
        with_link=True,
    )
    sent = service.send(SALLY, till.desk, order=order)
    with till.desk.database.reading() as session:
        made = statements.find(session, sent.statement_id)
        link = payment_links.find(session, made.link_id or "") if made else None
        assert link is not None
        return payment_link.url(till.desk, link).rpartition("/")[2]


def page(till: Till, token: str) -> PayPage:
    shown = pay_page(till.desk, token=token)
    assert isinstance(shown, PayPage)
    return shown


def changes(till: Till, token: str) -> dict[str, tuple[str, ...]]:
    return {row.number: row.changes for row in page(till, token).invoices if row.changes}


def change(till: Till, number: str, **own: Any) -> None:
    with till.desk.database.writing() as session:
        row = session.get_one(Invoice, number)
        for name, value in own.items():
            setattr(row, name, value)
        session.add(row)


def test_it_says_what_was_printed_and_what_is_due_now(till: Till, token: str) -> None:
    shown = page(till, token)
    assert shown.statement is not None
    assert (shown.statement.period_end, shown.statement.closing_balance) == (END, usd(16500))
    assert (shown.statement.payable, shown.due) == (usd(16500), usd(16500))
    assert changes(till, token) == {}


def test_a_payment_since_is_named_with_its_day(till: Till, token: str) -> None:
    till.click(till.link("INV-1042"), amount_text="25")
    till.pay()
    assert changes(till, token) == {
        "INV-1042": ("On the statement: USD 125.00", "Payment of USD 25.00 on 10 Mar 2026")
    }
    shown = page(till, token)
    assert shown.statement is not None
    assert (shown.statement.payable, shown.due) == (usd(16500), usd(14000))


def test_an_invoice_that_ended_since_says_how(till: Till, token: str) -> None:
    with till.desk.database.writing() as session:
        releases.end(session, session.get_one(Invoice, "INV-1042"), "void", END)
        releases.end(session, session.get_one(Invoice, "INV-1043"), "written_off", END)
    assert changes(till, token) == {
        "INV-1042": ("On the statement: USD 125.00", "Cancelled"),
        "INV-1043": ("On the statement: USD 40.00", "Written off"),
    }


def test_a_corrected_invoice_says_its_new_total(till: Till, token: str) -> None:
    change(till, "INV-1042", total=10000, net=10000, version=2)
    assert changes(till, token) == {
        "INV-1042": ("On the statement: USD 125.00", "Corrected: its total is now USD 100.00")
    }


def test_credit_used_since_is_named(till: Till, token: str) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-3000, issue_date=date(2026, 3, 10))
    till.click(till.link("INV-1042"), use_credit=True)
    till.pay()
    assert changes(till, token) == {
        "INV-1042": (
            "On the statement: USD 125.00",
            "Payment of USD 95.00 on 10 Mar 2026",
            "USD 30.00 settled with your credit",
        )
    }


def test_what_is_under_way_or_in_dispute_is_set_apart(till: Till, token: str, room: Room) -> None:
    till.click(till.link("INV-1042"), amount_text="25")
    till.pay()
    book_dispute(SETTLER, till.desk, dispute=room.disputes.open("pi_1", usd(2500)))
    till.click(till.link("INV-1043"), method="us_bank_account")
    till.pay(2, status="processing")
    shown = page(till, token)
    assert [row.state for row in shown.invoices] == ["disputed", "processing"]
    assert shown.due == usd(0)


def test_an_invoice_issued_after_the_period_is_not_asked_for(till: Till, token: str) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-9", issue_date=date(2026, 3, 10))
    assert "INV-9" not in {row.number for row in page(till, token).invoices}


def test_credit_that_came_since_lowers_what_is_due_by_itself(till: Till, token: str) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-3000, issue_date=date(2026, 3, 10))
    assert page(till, token).due == usd(13500)
    till.click(token)
    assert till.attempts()[0].amount == 13500
    till.pay()
    assert page(till, token).state == "paid"


def test_credit_for_everything_leaves_nothing_to_pay_but_to_say_so(till: Till, token: str) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-20000, issue_date=date(2026, 3, 10))
    shown = page(till, token)
    assert shown.chosen is not None
    assert (shown.state, shown.due, shown.chosen.credit) == ("due", usd(0), usd(16500))
    till.click(token, method="credit")
    assert page(till, token).state == "paid"
    assert till.balance("CM-7") == -3500


def test_a_part_goes_on_what_was_due_first(till: Till, token: str) -> None:
    till.click(token, amount_text="130")
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043")] == [0, 3500]

"""A link over several invoices: ticks, sums, and that page, checkout and ledger agree."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.errors import InvalidInput, NothingToPay
from commands.take_payment.order import Choice
from commands.take_payment.page import Look, pay_page
from renderers.page_values import PayPage, PayPageInvoice
from storage.invoices import Invoice
from storage.ledger import every
from storage.money import Money
from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.databases import Fresh
from tests.paying import Till


def page(till: Till, token: str, **choice: Any) -> PayPage:
    shown = pay_page(till.desk, token=token, look=Look(choice=Choice(**choice)))
    assert isinstance(shown, PayPage)
    return shown


def rows(shown: PayPage) -> dict[str, PayPageInvoice]:
    return {row.number: row for row in shown.invoices}


def bulk(till: Till, *numbers: str) -> str:
    return till.link(*numbers, kind="bulk", subject="B1")


def test_all_are_ticked_at_first(till: Till) -> None:
    shown = page(till, bulk(till, "INV-1042", "INV-1043"))
    assert [row.ticked for row in shown.invoices] == [True, True]
    assert shown.chosen is not None
    assert (shown.chosen.count, shown.chosen.pay) == (2, Money(16500, "USD"))


def test_what_cannot_be_paid_is_shown_as_such_and_has_no_tick(till: Till, room: Room) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-V", lifecycle="void")
        add_invoice(session, "INV-W", lifecycle="written_off")
        for name in ("INV-D", "INV-P", "INV-U"):
            add_invoice(session, name)
    token = bulk(till, "INV-1042", "INV-V", "INV-W", "INV-D", "INV-P", "INV-U")
    for number, name in enumerate(("INV-D", "INV-P"), 1):
        till.click(till.link(name))
        till.pay(number)
    till.click(till.link("INV-U"), method="us_bank_account")
    till.pay(3, status="processing")
    told = room.disputes.open("pi_1", Money(12500, "USD"))
    book_dispute(SETTLER, till.desk, dispute=told)
    shown = page(till, token)
    assert {number: row.state for number, row in rows(shown).items()} == {
        "INV-1042": "open",
        "INV-V": "void",
        "INV-W": "written_off",
        "INV-D": "disputed",
        "INV-P": "paid",
        "INV-U": "processing",
    }
    assert [row.number for row in shown.invoices if row.ticked] == ["INV-1042"]


def test_days_late_are_counted_from_the_due_day(till: Till, room: Room) -> None:
    room.clock.advance(days=5)
    found = rows(page(till, bulk(till, "INV-1042", "INV-1043")))
    assert [found[n].days_late for n in ("INV-1042", "INV-1043")] == [1, 0]


def test_only_what_is_ticked_is_paid(till: Till) -> None:
    token = bulk(till, "INV-1042", "INV-1043")
    till.click(token, invoice_numbers=("INV-1043",), ticks=True)
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043")] == [12500, 0]


def test_no_tick_at_all_is_a_mistake_only_when_there_were_ticks(till: Till) -> None:
    token = bulk(till, "INV-1042", "INV-1043")
    with pytest.raises(InvalidInput) as refused:
        till.click(token, ticks=True)
    assert refused.value.fields == {"invoice": "Please tick at least one invoice."}
    till.click(token)
    assert till.attempts()[0].amount == 16500


def test_a_ticked_invoice_that_was_paid_meanwhile_is_left_out(till: Till) -> None:
    token = bulk(till, "INV-1042", "INV-1043")
    till.click(till.link("INV-1042"))
    till.pay()
    with pytest.raises(NothingToPay):
        till.click(token, invoice_numbers=("INV-1042",), ticks=True)
    till.click(token, invoice_numbers=("INV-1042", "INV-1043"), ticks=True)
    assert till.attempts()[-1].amount == 4000


def test_a_part_goes_on_the_oldest_of_the_ticked(till: Till) -> None:
    token = bulk(till, "INV-1042", "INV-1043")
    till.click(token, amount_text="150")
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043")] == [0, 1500]


def test_the_choice_is_shown_again_with_its_sum_and_its_mistake(till: Till) -> None:
    token = bulk(till, "INV-1042", "INV-1043")
    asked = {"invoice_numbers": ("INV-1043",), "ticks": True, "amount_text": "70", "reference": "x"}
    shown = page(till, token, **asked)
    assert shown.chosen is not None
    assert (shown.chosen.count, shown.chosen.owed) == (1, Money(4000, "USD"))
    assert [row.ticked for row in shown.invoices] == [False, True]
    assert (shown.form.amount, shown.form.reference) == ("70", "x")
    assert "more than is due" in shown.form.mistakes["amount"]


def test_credit_is_offered_on_the_page_and_used_only_when_ticked(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-3000)
    token = bulk(till, "INV-1042", "INV-1043")
    first, ticked = page(till, token), page(till, token, use_credit=True)
    assert first.credit is not None
    assert first.chosen is not None
    assert ticked.chosen is not None
    assert (first.credit.available, first.chosen.pay) == (Money(3000, "USD"), Money(16500, "USD"))
    assert ticked.chosen.pay == Money(13500, "USD")


def test_less_than_can_be_charged_may_be_settled_with_credit(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-S", total=30)
        add_invoice(session, "CM-7", total=-3000)
    assert page(till, till.link("INV-S")).state == "due"


def test_after_credit_was_enough_the_page_says_so(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-12500)
    token = till.link("INV-1042")
    till.click(token, use_credit=True)
    shown = pay_page(till.desk, token=token, look=Look(credited=True))
    assert isinstance(shown, PayPage)
    assert (shown.state, shown.credited, shown.paid_with) == (
        "paid",
        Money(12500, "USD"),
        "your credit",
    )


# -- page, checkout and ledger ------------------------------------------------------------------

TOTALS = st.lists(st.integers(1, 90000), min_size=1, max_size=6)
CREDITS = st.lists(st.integers(1, 60000), max_size=3)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    totals=TOTALS,
    credits_=CREDITS,
    data=st.data(),
    use_credit=st.booleans(),
    statement=st.booleans(),
)
def test_the_page_the_checkout_and_the_ledger_say_the_same(
    till: Till, fresh: Fresh, totals: list[int], credits_: list[int], data: Any, **how: bool
) -> None:
    fresh.restore()
    till = _till_with(till, totals, credits_)
    numbers = tuple(f"INV-{n}" for n in range(len(totals)))
    kind = "statement" if how["statement"] else "bulk"
    token = till.link(*numbers, kind=kind, subject="B1")  # type: ignore[arg-type]  # one of two literals
    ticked = tuple(data.draw(st.lists(st.sampled_from(numbers), unique=True)))
    typed = data.draw(st.none() | st.integers(1, 200000))
    choice: dict[str, Any] = {
        "invoice_numbers": ticked,
        "ticks": True,
        "use_credit": how["use_credit"],
        "amount_text": f"{typed // 100}.{typed % 100:02}" if typed else None,
    }
    shown, before = page(till, token, **choice).chosen, _owed(till)
    answer = _click(till, token, choice)
    if answer is None:
        assert _owed(till) == before
        return
    assert shown is not None
    charged = _pay(till)
    assert charged == shown.pay.minor
    assert before - _owed(till) == shown.pay.minor + shown.credit.minor
    assert _credit_left(till) == sum(credits_) - shown.credit.minor
    assert {row.number for row in _changed(till)} <= set(ticked)


def _till_with(till: Till, totals: list[int], credits_: list[int]) -> Till:
    with till.desk.database.writing() as session:
        add_customer(session)
        for number, total in enumerate(totals):
            add_invoice(session, f"INV-{number}", total=total)
        for number, total in enumerate(credits_):
            add_invoice(session, f"CM-{number}", total=-total)
    till.gateway.sessions.clear()
    till.gateway.requests.clear()
    return till


def _click(till: Till, token: str, choice: dict[str, Any]) -> str | None:
    try:
        return till.click(token, **choice)
    except (InvalidInput, NothingToPay):
        return None


def _pay(till: Till) -> int:
    """What the gateway took; nothing when it was not asked."""
    if not till.gateway.requests:
        return 0
    asked = sum(line.amount.minor for line in till.gateway.requests[-1].lines)
    till.pay()
    return asked


def _all(till: Till) -> list[Invoice]:
    with till.desk.database.reading() as session:
        return list(every(session, Invoice))


def _owed(till: Till) -> int:
    return sum(row.balance.minor for row in _all(till) if row.total > 0)


def _credit_left(till: Till) -> int:
    return -sum(row.balance.minor for row in _all(till) if row.total < 0)


def _changed(till: Till) -> list[Invoice]:
    return [row for row in _all(till) if row.total > 0 and row.allocated]

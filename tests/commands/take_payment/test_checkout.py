"""From the button to the gateway's page."""

from dataclasses import replace

import pytest
from sqlmodel import select

from commands.access import SETTLER
from commands.errors import (
    GatewayUnavailable,
    InvalidInput,
    LinkOff,
    LinksDisabled,
    NothingToPay,
    NotPermitted,
    PaymentUnderWay,
    Refused,
)
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.take_payment import checkout, chores
from commands.take_payment.order import CheckoutOrder
from storage import customers
from storage.audit import AuditEntry
from storage.money import Money
from tests.builders import SALLY, add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till

LOST = GatewayUnavailable("the answer was lost", outcome_known=False)


def test_the_button_leads_to_the_gateways_page_with_what_is_due(till: Till) -> None:
    token = till.link("INV-1042", "INV-1043")
    assert till.click(token) == "https://checkout.test/1"
    asked = till.gateway.requests[0]
    assert [(line.name, str(line.amount)) for line in asked.lines] == [
        ("Invoice INV-1042", "USD 125.00"),
        ("Invoice INV-1043", "USD 40.00"),
    ]
    assert asked.cancel_url == f"https://pay.bloom.test/pay/{token}"
    assert till.statuses() == ["open"]


def test_a_second_click_leads_to_the_same_page(till: Till) -> None:
    token = till.link("INV-1042")
    assert till.click(token) == till.click(token)
    assert len(till.gateway.requests) == 1


def test_a_page_about_to_expire_is_not_used_again(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.click(token)
    room.clock.advance(minutes=56)
    assert till.click(token) == "https://checkout.test/2"
    assert till.statuses() == ["expired", "open"]


def test_the_latest_click_wins_over_the_same_invoice_in_another_link(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="B1"))
    assert till.statuses() == ["expired", "open"]
    assert till.gateway.sessions["cs_test_1"].status == "expired"
    assert not any(attempt.expire_session for attempt in till.attempts())


def test_clicks_on_different_invoices_leave_each_other_alone(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1043"))
    assert till.statuses() == ["open", "open"]


def test_an_older_session_completed_meanwhile_is_settled_and_shown(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.gateway.complete("cs_test_1")
    leads_to = till.click(token, method="us_bank_account")
    assert leads_to == f"https://pay.bloom.test/pay/{token}"
    assert till.balance() == 0
    assert till.statuses() == ["paid", "superseded"]
    assert len(till.gateway.requests) == 1


def test_a_lost_answer_is_asked_for_again_under_the_same_key(till: Till) -> None:
    token = till.link("INV-1042")
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(token)
    assert till.statuses() == ["created"]
    till.click(token)
    assert [r.attempt_id for r in till.gateway.requests] == [till.attempts()[0].id]
    assert till.statuses() == ["open"]


def test_an_attempt_without_answer_makes_way_after_two_minutes(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(token)
    room.clock.advance(minutes=3)
    till.gateway.faults.append(LOST)  # the gateway repeats what it saved for the first key
    assert till.click(token) == "https://checkout.test/1"
    assert till.statuses() == ["superseded", "open"]


def test_an_older_session_that_cannot_be_expired_stands_in_the_way(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(token, method="us_bank_account")
    assert len(till.gateway.requests) == 1
    assert [attempt.expire_session for attempt in till.attempts()] == [True, False]


def test_an_older_session_that_stays_open_all_the_same_stands_in_the_way(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.keeps_open = True
    again = till.link("INV-1042", kind="bulk", subject="B1")
    with pytest.raises(GatewayUnavailable):
        till.click(again)
    assert list(till.gateway.sessions) == ["cs_test_1"]
    till.gateway.keeps_open = False
    assert till.click(again) == "https://checkout.test/2"
    assert till.gateway.sessions["cs_test_1"].status == "expired"


def test_an_attempt_superseded_while_its_session_was_made_expires_it(
    till: Till, room: Room
) -> None:
    token, rival = till.link("INV-1042"), till.link("INV-1042", kind="bulk", subject="B1")
    made = room.gateway.start

    def start_after_the_rival(request: object) -> object:
        room.gateway.start = made  # type: ignore[method-assign]  # once
        till.click(rival)
        return made(request)  # type: ignore[arg-type]  # the real one

    room.gateway.start = start_after_the_rival  # type: ignore[method-assign, assignment]
    with pytest.raises(PaymentUnderWay, match="Another payment"):
        till.click(token)
    assert till.statuses() == ["expired", "open"]
    live = [s.id for s in room.gateway.sessions.values() if s.status == "open"]
    assert live == [till.attempts()[1].session_id]


def test_money_under_way_by_bank_debit_blocks(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account")
    till.pay(status="processing")
    with pytest.raises(PaymentUnderWay):
        till.click(token)
    assert till.balance() == 12500


def test_a_paid_invoice_cannot_be_paid_again(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.pay()
    with pytest.raises(NothingToPay):
        till.click(token)


def test_part_of_it_is_laid_on_the_oldest_invoice_first(till: Till) -> None:
    till.click(till.link("INV-1042", "INV-1043"), amount_text="130.00")
    till.pay()
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (0, 3500)


def test_a_company_may_want_all_or_nothing(till: Till, room: Room) -> None:
    policy = replace(room.desk.policy, partial_payments=False)
    strict = replace(till, desk=replace(room.desk, policy=policy))
    token = strict.link("INV-1042")
    with pytest.raises(InvalidInput, match="Please pay all that is due"):
        strict.click(token, amount_text="50")
    assert strict.click(token, amount_text="125.00")


def test_a_part_never_leaves_less_than_can_be_paid_online(till: Till) -> None:
    token = till.link("INV-1042")
    with pytest.raises(InvalidInput, match=r"leave USD 0\.49"):
        till.click(token, amount_text="124.51")
    assert till.click(token, amount_text="124.50")


def test_chosen_invoices_alone_are_paid(till: Till) -> None:
    till.click(till.link("INV-1042", "INV-1043"), invoice_numbers=("INV-1043",))
    till.pay()
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (12500, 0)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"amount_text": "125.01"}, "amount"),
        ({"amount_text": "-1"}, "amount"),
        ({"amount_text": "1e2"}, "amount"),
        ({"amount_text": "1_0"}, "amount"),
        ({"amount_text": "0.49"}, "amount"),
        ({"invoice_numbers": ("INV-1043",)}, "invoice"),
        ({"invoice_numbers": ("INV-9999",)}, "invoice"),
        ({"method": "crypto"}, "method"),
        ({"reference": "x" * 101}, "reference"),
    ],
)
def test_what_does_not_fit_is_named_and_starts_nothing(
    till: Till, form: dict[str, object], field: str
) -> None:
    token = till.link("INV-1042")
    with pytest.raises(InvalidInput) as refused:
        till.click(token, **form)
    assert list(refused.value.fields) == [field]
    assert till.gateway.requests == []


def test_bank_debit_is_offered_for_dollars_alone(till: Till, room: Room) -> None:
    with room.desk.database.writing() as session:
        add_customer(session, "C2", currency="EUR")
        add_invoice(session, "INV-E", customer_id="C2", currency="EUR")
    token = till.link("INV-E")
    with pytest.raises(InvalidInput):
        till.click(token, method="us_bank_account")
    assert till.click(token)


def test_more_than_the_gateway_takes_at_once_is_to_be_paid_in_parts(till: Till, room: Room) -> None:
    with room.desk.database.writing() as session:
        add_invoice(session, "INV-BIG", total=100_000_000)
    token = till.link("INV-BIG")
    with pytest.raises(InvalidInput, match="in parts"):
        till.click(token)
    assert till.click(token, amount_text="500000.00")


def test_more_than_thirty_invoices_are_one_line(till: Till, room: Room) -> None:
    numbers = [f"INV-{n}" for n in range(2000, 2031)]
    with room.desk.database.writing() as session:
        for number in numbers:
            add_invoice(session, number, total=100)
    till.click(till.link(*numbers, kind="bulk", subject="B2"))
    (line,) = till.gateway.requests[0].lines
    assert (line.name, line.amount) == ("31 invoices", Money(3100, "USD"))


def test_an_account_that_cannot_take_money_is_said_so(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    room.account.answer = AccountState("restricted", (), "Stripe needs your tax id.")
    with pytest.raises(Refused, match="Please contact Bloom Wholesale"):
        till.click(token)


def test_a_disabled_customer_cannot_start(till: Till, room: Room) -> None:
    token = till.link("INV-1042")
    with room.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
        session.add(customer)
    with pytest.raises(LinksDisabled):
        till.click(token)


def test_a_link_that_was_turned_off_cannot_start_and_ends_what_was_begun(
    till: Till, room: Room
) -> None:
    token = till.link("INV-1042")
    till.click(token)
    payment_link.turn_off(SALLY, room.desk, link_id=till.bearer(token).link_id)
    with pytest.raises(LinkOff):
        till.click(token)
    assert chores.expire_superseded(SETTLER, room.desk)
    assert till.gateway.sessions["cs_test_1"].status == "expired"


def test_what_the_gateway_refuses_is_given_up_and_pointed_out(till: Till) -> None:
    token = till.link("INV-1042")
    till.gateway.faults.append(Refused("Your account cannot currently make charges."))
    with pytest.raises(Refused, match="cannot be taken online"):
        till.click(token)
    assert till.statuses() == ["failed"]
    assert "cannot currently make charges" in till.notices()[0]


def test_refusals_are_audited_without_the_token(till: Till) -> None:
    token = till.link("INV-1042")
    with pytest.raises(InvalidInput):
        till.click(token, amount_text="0")
    with till.desk.database.reading() as session:
        rows = [row for row in session.exec(select(AuditEntry)) if row.outcome == "refused"]
    assert [row.action for row in rows] == ["start_checkout"]
    assert token not in str(till.dump())


def test_staff_cannot_press_the_button_for_a_customer(till: Till) -> None:
    order = CheckoutOrder(token=till.link("INV-1042"), method="card")
    with pytest.raises(NotPermitted):
        checkout.start_checkout(SALLY, till.desk, request=order)  # type: ignore[arg-type]  # the point


def test_the_request_is_the_same_whenever_it_is_asked_again(till: Till, room: Room) -> None:
    room.gateway.forget_answers = 1
    token = till.link("INV-1042", "INV-1043")
    with pytest.raises(GatewayUnavailable):
        till.click(token)
    room.clock.advance(seconds=90)
    till.click(token)
    first, second = till.gateway.requests
    assert first == second


def test_a_click_that_died_before_expiring_the_older_session_is_finished_by_the_next(
    till: Till,
) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.gateway.faults.append(LOST)
    with pytest.raises(GatewayUnavailable):
        till.click(token, method="us_bank_account")
    till.click(token, method="us_bank_account")
    assert till.gateway.sessions["cs_test_1"].status == "expired"
    assert till.statuses() == ["expired", "open"]

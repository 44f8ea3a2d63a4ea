"""Asking for a bulk send: who needs nobody, who asks whom, and what is counted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from commands.access import Actor
from commands.errors import InvalidInput, NotPermitted, Refused
from commands.ports import AccountState
from storage import users
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, SALLY
from tests.bulk_sending import ID, Sends


@pytest.mark.parametrize("person", [SALLY, CARL, ALEX, MARA, ANNA])
def test_within_the_limits_everybody_sends_at_once(sends: Sends, person: Actor) -> None:
    assert sends.answer(person, 1).sentence == "This goes out at once."
    made = sends.request(person, 1)
    assert (made.way, made.leaves_at is not None) == ("direct", True)
    sends.send()
    assert len(sends.letters()) == 1


@pytest.mark.parametrize(
    ("person", "way"),
    [(SALLY, "ask"), (CARL, "ask"), (ALEX, "ask"), (MARA, "direct"), (ANNA, "direct")],
)
def test_above_them_only_admin_and_sales_manager_do(sends: Sends, person: Actor, way: str) -> None:
    assert sends.answer(person, 1, 2).way == way
    assert sends.request(person, 1, 2).way == way


def test_it_says_who_is_asked_and_why(sends: Sends) -> None:
    answer = sends.answer(SALLY, 1, 2)
    assert answer.sentence == (
        "This asks a Sales Manager or Admin because it goes to 2 customers (without asking: 1)."
    )
    assert (answer.needs_approval, answer.approvers) == (True, (ANNA.id, MARA.id))


def test_above_the_second_limit_an_admin_asks_too(sends: Sends) -> None:
    sends.rule(approval_second_person_over=100)
    answer = sends.answer(ANNA, 1)
    assert (answer.way, answer.approvers) == ("ask", (MARA.id,))
    assert "USD 150.00 (without asking: USD 100)" in answer.sentence


def test_a_persons_sends_of_a_day_count_together(sends: Sends) -> None:
    sends.rule(approval_max_total=200)
    sends.request(SALLY, 1)
    assert "last 24 hours it asks for USD 300.00" in sends.answer(SALLY, 2).sentence
    assert sends.answer(CARL, 2).way == "direct"
    sends.room.clock.advance(hours=24, seconds=1)
    assert sends.answer(SALLY, 2).way == "direct"


def test_two_sends_at_once_do_not_slip_under_the_limit_together(sends: Sends) -> None:
    sends.rule(approval_max_total=200)

    def send(n: int) -> str:
        try:
            return sends.request(SALLY, n, request_id=f"r-{n}").way
        except Refused:
            return "changed"

    with ThreadPoolExecutor(2) as pool:
        ways = sorted(pool.map(send, [1, 2]))
    assert ways in (["ask", "direct"], ["changed", "direct"])


def test_a_company_with_nobody_to_ask_is_told_before(sends: Sends) -> None:
    with sends.desk.database.writing() as session:
        users.replace_roles(session, MARA.id, [])
        users.replace_roles(session, ANNA.id, [])
    assert sends.answer(SALLY, 1, 2).way == "nobody"
    with pytest.raises(Refused, match="Nobody could approve it"):
        sends.request(SALLY, 1, 2)


def test_its_only_admin_approves_it_alone_with_a_reason(sends: Sends) -> None:
    sends.rule(approval_second_person_over=100)
    with sends.desk.database.writing() as session:
        users.replace_roles(session, MARA.id, [])
    assert sends.answer(ANNA, 1).way == "alone"
    with pytest.raises(InvalidInput):
        sends.request(ANNA, 1)
    sends.request(ANNA, 1, own_reason="Month end, I am alone here")
    [entry] = sends.audited("approve_own_request")
    assert entry.detail["alone"] is True
    sends.send()
    assert len(sends.letters()) == 1
    assert sends.approval().status == "done"


def test_submitted_twice_it_is_one(sends: Sends) -> None:
    first = sends.request(MARA, 1, 2)
    again = sends.request(MARA, 1, 2)
    assert (first.repeated, again.repeated, again.id) == (False, True, first.id)
    sends.send()
    assert len(sends.letters()) == 2
    with pytest.raises(Refused):
        sends.request(SALLY, 1)


def test_what_cannot_go_is_left_out_and_named(sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=10000)
    sends.change(Customer, "C2", payment_links_enabled=False)
    made = sends.request(MARA, 1, 2, 3)
    assert (made.customers, made.mails, made.invoices) == (2, 2, 3)
    told = {d.invoice_number or d.customer_name: d.reason for d in made.dropped}
    assert "paid" in told["INV-10"]
    assert "disabled for Florist 2" in told["Florist 2"]


def test_an_invoice_of_somebody_else_never_goes_along(sends: Sends) -> None:
    wrong = sends.mail(1, invoice_numbers=("INV-10", "INV-20"))
    made = sends.request(MARA, mails=(wrong,))
    assert (made.invoices, made.dropped[0].invoice_number) == (1, "INV-20")


def test_bad_addresses_are_named_with_their_customer(sends: Sends) -> None:
    with pytest.raises(InvalidInput, match="Customer C1"):
        sends.request(MARA, mails=(sends.mail(1, recipients=("nobody",)),))


def test_nothing_is_asked_for_without_an_account(sends: Sends) -> None:
    sends.room.account.answer = AccountState("not_connected")
    with pytest.raises(Refused, match="No payments account is connected"):
        sends.request(MARA, 1)


def test_whoever_has_no_role_gets_nothing(sends: Sends) -> None:
    with pytest.raises(NotPermitted):
        sends.request(NOBODY, 1)
    assert sends.audited("bulk_send")[-1].outcome == "denied"


def test_the_same_invoice_twice_is_refused(sends: Sends) -> None:
    twice = (sends.mail(1), replace(sends.mail(1), currency="EUR"))
    with pytest.raises(Refused, match="twice"):
        sends.request(MARA, mails=twice)
    assert sends.order(1).request_id == ID

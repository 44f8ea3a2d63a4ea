"""Many people who take orders at once: no number twice, none left out, nothing sent twice."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from commands.access import Actor
from commands.desk import Desk
from commands.errors import LinksDisabled, Refused
from commands.orders.service import Issued, Sending, issue_and_send, issue_invoice_of, save_order
from storage import deliveries, invoices, orders
from tests.builders import ANNA, CARL, MARA, SALLY, add_customer
from tests.commands.test_races import at_once
from tests.conftest import Room
from tests.orders import FILLED, a_form, switch_links_off

PEOPLE = (ANNA, CARL, MARA, SALLY)
FORMS = 6  # of each person


@pytest.fixture
def desk(room: Room) -> Desk:
    """One customer for each person and one, C9, whose links are disabled."""
    with room.desk.database.writing() as session:
        for number in (0, 1, 2, 3, 9):
            add_customer(session, f"C{number}")
    switch_links_off(room.desk.database, "C9")
    return room.desk


def work(desk: Desk, own: int) -> None:
    """Orders of one's own customer and of a shared one, some of which cannot be sent."""
    for turn in range(FORMS):
        customer = ("C9", f"C{own}", "C0")[turn % 3]
        form = a_form(f"form-{own}-{turn}", customer=customer)
        try:
            issue_and_send(PEOPLE[own], desk, form=form, filled=FILLED)
        except LinksDisabled:
            assert customer == "C9"


def series(desk: Desk, prefix: str) -> list[bool]:
    """Which numbers of the series from 1001 are in use."""
    find = orders.find if prefix == "SO-" else invoices.find
    with desk.database.reading() as session:
        return [find(session, f"{prefix}{1001 + n}") is not None for n in range(40)]


def mails(desk: Desk) -> list[str]:
    with desk.database.reading() as session:
        rows = (deliveries.find(session, number) for number in range(1, 200))
        return sorted(str(row.invoice_number) for row in rows if row and row.kind == "email")


def test_a_storm_of_orders_leaves_no_gap_and_no_duplicate(desk: Desk) -> None:
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        for done in [pool.submit(work, desk, own) for own in range(len(PEOPLE))]:
            done.result(120)
    kept = len(PEOPLE) * FORMS * 2 // 3
    gapless = [True] * kept + [False] * (40 - kept)
    assert series(desk, "SO-") == gapless
    assert series(desk, "INV-") == gapless
    assert mails(desk) == [f"INV-{1001 + n}" for n in range(kept)]


def test_one_form_submitted_four_times_at_once_makes_one_of_each(desk: Desk) -> None:
    form = a_form(customer="C0")
    submit = partial(issue_and_send, SALLY, desk, form=form, filled=FILLED)
    done = at_once(*[submit] * 4)
    assert sorted(one.sent.repeated for one in done) == [False, True, True, True]
    assert {one.sent.invoice_number for one in done} == {"INV-1001"}
    assert mails(desk) == ["INV-1001"]


def test_two_people_issue_the_invoice_of_one_order_at_once(desk: Desk) -> None:
    save_order(SALLY, desk, form=a_form(customer="C0"))

    def issue(actor: Actor) -> Issued | str:
        sending = Sending(f"draft-{actor.id}", FILLED)
        try:
            return issue_invoice_of(actor, desk, order_number="SO-1001", sending=sending)
        except Refused as error:
            return error.sentence

    done = at_once(partial(issue, CARL), partial(issue, MARA))
    assert sorted(isinstance(one, str) for one in done) == [False, True]
    assert "SO-1001 has its invoice already: INV-1001." in done
    assert mails(desk) == ["INV-1001"]

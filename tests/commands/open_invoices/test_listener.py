"""Open Invoices as staff see and use it, over the real Slack endpoint."""

from datetime import date

import pytest

from bot.sandbox.slack.person import Person
from commands.ports import AccountState
from storage import users
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import (
    ALEX,
    ANNA,
    CARL,
    MARA,
    NOBODY,
    SALLY,
    add_customer,
    add_invoice,
    add_invoices,
    an_invoice,
)
from tests.slack_room import SlackRoom, audited

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(stage: SlackRoom) -> SlackRoom:
    """Blue Iris owes INV-1042, Rose Garden sixty invoices, from RG-00 on, of 10 dollars each."""
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose Garden", emails=("pay@rose.test",))
        roses = [an_invoice(f"RG-{n:02}", customer_id="C2", total=1000) for n in range(60)]
        add_invoices(session, roses)
    return stage


@pytest.fixture
def sally(shop: SlackRoom) -> Person:
    """Sally with Open Invoices open."""
    person = shop.person(SALLY)
    assert person.command("/pay", "open", channel="#payments").ok
    return person


def search(person: Person, typed: str) -> str:
    answer = person.modal.fill("Search", typed)
    assert answer is not None
    assert answer.ok
    return person.modal.text()


def test_rows_stand_under_their_customer_with_balance_and_due_date(sally: Person) -> None:
    assert sally.modal.title == "Open Invoices"
    assert sally.modal.submit_text == "Send Payment Links"
    text = sally.modal.text()
    for shown in ("Blue Iris Florist", "INV-1042 · USD 125.00", "due 14 Mar 2026", "Page 1 of 2"):
        assert shown in text
    assert "Nothing is ticked yet" in text


def test_the_launcher_has_a_button_for_it(shop: SlackRoom) -> None:
    carl = shop.person(CARL)
    [message] = carl.command("/pay").shown
    carl.press(message, "Open Invoices")
    assert "INV-1042" in carl.modal.text()


def test_a_tick_counts_at_once(sally: Person) -> None:
    sally.modal.tick("INV-1042")
    assert "*1 invoice of 1 customer* is ticked: *USD 125.00*" in sally.modal.text()
    sally.modal.tick("RG-03")
    assert "*2 invoices of 2 customers* are ticked: *USD 135.00*" in sally.modal.text()
    sally.modal.untick("INV-1042")
    assert "*1 invoice of 1 customer* is ticked: *USD 10.00*" in sally.modal.text()


def test_ticks_survive_pages_and_searches(sally: Person) -> None:
    sally.modal.tick("INV-1042")
    sally.modal.press("Next")
    assert "RG-59" in sally.modal.text()
    sally.modal.tick("RG-59")
    search(sally, "iris")
    assert sally.modal.ticked() == ["INV-1042 · USD 125.00"]
    assert "*2 invoices of 2 customers*" in sally.modal.text()
    search(sally, "")
    sally.modal.press("Next")
    assert sally.modal.ticked() == ["RG-59 · USD 10.00"]


def test_select_all_means_all_that_match_not_the_page(sally: Person) -> None:
    search(sally, "rose")
    sally.modal.press("Select all 60")
    assert len(sally.modal.ticked()) == 50
    assert "*60 invoices of 1 customer* are ticked: *USD 600.00*" in sally.modal.text()
    sally.modal.press("Clear")
    assert sally.modal.ticked() == []
    assert "Nothing is ticked yet" in sally.modal.text()


def test_closing_and_opening_again_offers_to_go_on(sally: Person) -> None:
    sally.modal.tick("INV-1042")
    sally.modal.close()
    sally.command("/pay", "open")
    assert "From before: *1 invoice of 1 customer* is ticked" in sally.modal.text()
    sally.modal.press("Go on")
    assert sally.modal.ticked() == ["INV-1042 · USD 125.00"]


def test_starting_again_forgets_the_ticks(sally: Person) -> None:
    sally.modal.tick("INV-1042")
    sally.command("/pay", "open iris")
    sally.modal.press("Start again")
    assert sally.modal.ticked() == []
    assert sally.modal.value("Search") == "iris"


def test_what_was_typed_after_the_verb_is_searched(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "open RG-07")
    assert "RG-07" in sally.modal.text()
    assert "RG-08" not in sally.modal.text()


def test_the_filter_narrows_the_list_and_is_told(sally: Person, shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-OLD", due_date=date(2026, 1, 5), total=90000)
    sally.modal.tick("INV-1042")
    sally.modal.press("Filter")
    sally.modal.pick("How late", "61–90 days late")
    sally.modal.fill("Balance from", "500")
    sally.modal.pick("Customers", "Blue Iris")
    assert sally.modal.submit().ok
    text = sally.modal.text()
    assert "INV-OLD · USD 900.00" in text
    assert "64 days late" in text
    assert "INV-1042" not in text
    assert "1 chosen customer · 61–90 days late · at least USD 500.00" in text
    assert "*1 invoice of 1 customer*" in text
    sally.modal.press("Show all")
    assert "INV-1042 · USD 125.00" in sally.modal.ticked()


def test_filters_by_day_group_and_sales_representative(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        iris = session.get_one(Customer, "C1")
        iris.group, iris.sales_rep = "Weddings", ALEX.id
        session.add(iris)
        add_invoice(session, "INV-2000", due_date=date(2026, 5, 1))
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    sally.modal.press("Filter")
    sally.modal.pick("Group", "Weddings")
    sally.modal.pick("Sales representative", ALEX.name)
    sally.modal.pick("Due from", "2026-04-01")
    sally.modal.pick("Due until", "2026-06-01")
    sally.modal.submit()
    text = sally.modal.text()
    assert "INV-2000" in text
    assert "INV-1042" not in text
    assert f"of <@{ALEX.id}> · group Weddings" in text


def test_mistakes_in_the_filter_are_told_at_their_field(sally: Person) -> None:
    sally.modal.press("Filter")
    sally.modal.fill("Balance from", "lots")
    assert "not a number" in sally.modal.submit().errors["Balance from (USD)"]
    sally.modal.fill("Balance from", "")
    sally.modal.pick("Due from", "2026-06-01")
    sally.modal.pick("Due until", "2026-04-01")
    assert "before the other day" in sally.modal.submit().errors["Due until"]


def test_a_filter_that_finds_nothing_says_so(sally: Person) -> None:
    assert "No open invoice that can be ticked meets this" in search(sally, "tulip")


def test_who_cannot_be_asked_is_named_with_the_reason(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        off = add_customer(session, "C3", name="Off & Co", payment_links_enabled=False)
        off.links_disabled_reason = "pays by cheque"
        add_customer(session, "C4", name="Mute <!channel>", emails=())
        add_invoice(session, "OFF-1", customer_id="C3")
        add_invoice(session, "OFF-2", customer_id="C3")
        add_invoice(session, "MUTE-1", customer_id="C4")
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    text = sally.modal.text()
    assert "*Off &amp; Co*: 2 invoices, payment links are disabled (pays by cheque)" in text
    assert "*Mute &lt;!channel&gt;*: MUTE-1, there is no e-mail address for invoices" in text
    assert "OFF-1" not in text


def test_all_who_cannot_be_asked_are_one_press_away(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for n in range(45):
            add_customer(session, f"M{n}", name=f"Mute {n:02}", emails=())
            add_invoice(session, f"MUTE-{n}", customer_id=f"M{n}")
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    assert "Mute 30" not in sally.modal.text()
    sally.modal.press("All 45 that cannot")
    assert "Mute 30" in sally.modal.text()
    sally.modal.press("Next")
    assert "Mute 44" in sally.modal.text()
    sally.modal.close()
    assert sally.modal.title == "Open Invoices"


def test_an_invoice_that_is_paid_while_ticked_falls_out_and_is_told(
    sally: Person, shop: SlackRoom
) -> None:
    sally.modal.tick("INV-1042")
    sally.modal.tick("RG-00")
    with shop.desk.database.writing() as session:
        invoice = session.get_one(Invoice, "INV-1042")
        invoice.allocated = invoice.total
        session.add(invoice)
    sally.modal.tick("RG-01")
    text = sally.modal.text()
    assert "No longer ticked" in text
    assert "INV-1042 of Blue Iris Florist: it is paid" in text
    assert "*2 invoices of 1 customer*" in text
    assert sorted(sally.modal.ticked()) == ["RG-00 · USD 10.00", "RG-01 · USD 10.00"]


def test_nobody_owes_anything_is_said_plainly(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for number in ("INV-1042", *(f"RG-{n:02}" for n in range(60))):
            invoice = session.get_one(Invoice, number)
            invoice.allocated = invoice.total
            session.add(invoice)
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    assert "nobody owes anything" in sally.modal.text()
    assert sally.modal.submit_text is None


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AccountState("not_connected"), "No payments account is connected"),
        (AccountState("restricted", explanation="Stripe wants a document."), "wants a document"),
    ],
)
def test_without_an_account_that_takes_money_there_are_no_links_to_send(
    shop: SlackRoom, state: AccountState, said: str
) -> None:
    shop.room.account.answer = state
    sally = shop.person(SALLY)
    assert said in sally.command("/pay", "open").text
    assert not sally.has_modal


@pytest.mark.parametrize("actor", [ANNA, MARA, CARL, SALLY, ALEX])
def test_each_role_may_build_a_send(shop: SlackRoom, actor: object) -> None:
    person = shop.person(actor)  # type: ignore[arg-type]  # an Actor: parametrize knows no types
    person.command("/pay", "open")
    assert person.modal.title == "Open Invoices"


def test_somebody_without_a_role_sees_nothing(shop: SlackRoom) -> None:
    answer = shop.person(NOBODY).command("/pay", "open")
    assert "You have no role" in answer.text
    assert not shop.person(NOBODY).has_modal
    assert [entry.actor for entry in audited(shop.desk, "denied")] == [NOBODY.id]


def test_a_role_taken_away_stops_the_next_tick(sally: Person, shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    sally.modal.tick("INV-1042")
    assert "You have no role" in sally.modal.text()


def test_names_of_every_kind_do_no_harm(shop: SlackRoom) -> None:
    names = ("<!channel> *bold*", '"quoted" `code`', "\u202eevil\u202c", "N" * 200)
    with shop.desk.database.writing() as session:
        for n, name in enumerate(names):
            add_customer(session, f"X{n}", name=name, emails=("a@x.test",) if n % 2 else ())
            add_invoice(session, f"X-{n}", customer_id=f"X{n}")
    sally = shop.person(SALLY)
    sally.command("/pay", "open X-")
    text = sally.modal.text()
    assert "<!channel>" not in text
    assert "\u202e" not in text
    sally.modal.press("Select all 2")
    assert "*2 invoices of 2 customers*" in sally.modal.text()

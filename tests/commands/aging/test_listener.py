"""Aging / Statements as staff see and use it, over the real Slack endpoint."""

import csv
import io
import re
from datetime import date

import pytest

from bot.sandbox import loopback
from bot.sandbox.slack.person import Person
from tests.builders import ALEX, CARL, MARA, NOBODY, SALLY, add_customer, add_invoice
from tests.slack_room import SlackRoom, audited
from tests.storage.books import add_payment

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(stage: SlackRoom) -> SlackRoom:
    """10 March. Blue Iris owes nothing late; Rose Garden and Poppy do; Lily has mere credit."""
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose Garden", sales_rep=SALLY.id, group="Events")
        add_customer(session, "C3", name="Poppy Market", sales_rep=MARA.id, group="Shops")
        add_customer(session, "C4", name="Lily Lane", sales_rep=MARA.id)
        add_invoice(session, "INV-1", customer_id="C2", due_date=date(2025, 11, 1), total=50_000)
        add_invoice(session, "INV-2", customer_id="C2", due_date=date(2026, 2, 28), total=20_000)
        add_invoice(
            session,
            "INV-3",
            customer_id="C2",
            total=7000,
            currency="EUR",
            due_date=date(2026, 1, 20),
        )
        add_invoice(
            session,
            "INV-4",
            customer_id="C3",
            due_date=date(2026, 1, 5),
            total=30_000,
            allocated=10_000,
        )
        add_invoice(session, "CM-1", customer_id="C3", total=-2500)
        add_payment(session, "pay_1", amount=4000, customer_id="C4")
    return stage


@pytest.fixture
def sally(shop: SlackRoom) -> Person:
    person = shop.person(SALLY)
    assert person.command("/pay", "aging", channel="#payments").ok
    return person


def rows_of(person: Person) -> list[str]:
    """The names of the customers on the page, in order."""
    return re.findall(r"^\*(.+)\* · [CD]\d", person.modal.text(), re.MULTILINE)


def test_who_owes_longest_is_on_top_and_mere_credit_below(sally: Person) -> None:
    assert sally.modal.title == "Aging / Statements"
    assert rows_of(sally) == [
        "Rose Garden",  # since November, in dollars
        "Poppy Market",
        "Rose Garden",  # since January, in euros
        "Blue Iris Florist",
        "Lily Lane",
    ]


def test_a_row_tells_what_is_owed_by_age_and_the_credit_beside_it(sally: Person) -> None:
    text = sally.modal.text()
    assert "*USD 700.00* on 2 open invoices, the oldest due 1 Nov 2025" in text
    assert "1–30 days USD 200.00 · Over 90 days USD 500.00" in text
    assert "*USD 200.00* on 1 open invoice, the oldest due 5 Jan 2026" in text
    assert "Credit memos USD 25.00" in text
    assert "Unapplied credit USD 40.00" in text


def test_totals_of_everything_stand_on_top_for_each_currency(sally: Person) -> None:
    dollars, euros, *_ = (b["text"]["text"] for b in sally.modal.blocks if b["type"] == "section")
    assert euros.startswith("*EUR 70.00* on 1 open invoice of 1 customer")
    assert dollars.startswith("*USD 1,025.00* on 4 open invoices of 4 customers")
    assert "Current USD 125.00" in dollars
    assert "Unapplied credit USD 40.00 · Credit memos USD 25.00" in dollars


def test_the_launcher_has_a_button_for_it_and_the_help_names_it(shop: SlackRoom) -> None:
    carl = shop.person(CARL)
    [message] = carl.command("/pay").shown
    carl.press(message, "Aging / Statements")
    assert "Rose Garden" in carl.modal.text()
    assert "/pay aging" in str(carl.command("/pay", "help").shown)


def test_a_name_typed_behind_the_command_is_searched(shop: SlackRoom) -> None:
    alex = shop.person(ALEX)
    alex.command("/pay", "aging pop")
    assert "Poppy Market" in alex.modal.text()
    assert "Rose Garden" not in alex.modal.text()


@pytest.mark.parametrize("typed", ["garden", "C2", "ro gar"])
def test_a_search_finds_by_the_beginnings_of_words(sally: Person, typed: str) -> None:
    answer = sally.modal.fill("Name or number of the customer", typed)
    assert answer is not None
    assert answer.ok
    assert "Rose Garden" in sally.modal.text()
    assert "Poppy" not in sally.modal.text()
    assert sally.modal.value("Name or number of the customer") == typed


def test_a_search_that_finds_nothing_says_so_literally(sally: Person) -> None:
    sally.modal.fill("Name or number of the customer", "x<!channel>")
    assert "begins with 'x&lt;!channel&gt;'" in sally.modal.text()


def test_each_filter_is_applied_as_soon_as_it_is_chosen(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.pick("Past due", "Over 90 days")
    assert "*Rose Garden*" in sally.modal.text()
    assert "Poppy" not in sally.modal.text()
    sally.modal.pick("Past due", "Any age")
    sally.modal.pick("Sales representative", MARA.name, search="")
    assert "Poppy Market" in sally.modal.text()
    assert "*Rose Garden*" not in sally.modal.text()
    sally.modal.pick("Group", "Shops", search="")
    assert "Lily Lane" not in sally.modal.text()
    assert sally.modal.value("Sales representative") == MARA.name


def test_filters_stay_when_they_are_hidden_and_can_be_cleared_at_once(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.pick("Past due", "Over 90 days")
    sally.modal.press("Hide filters")
    assert "Past due" not in sally.modal.labels
    assert "Poppy" not in sally.modal.text()
    sally.modal.press("Filters (1)")
    assert sally.modal.value("Past due") == "Over 90 days"
    sally.modal.press("Clear filters")
    assert sally.modal.value("Past due") == "Any age"
    assert "Poppy Market" in sally.modal.text()


MINIMUM = "Owing at least (USD, or with another currency beside it)"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("500", "Over 90"), ("150", "Poppy Market"), ("60 EUR", "EUR 70.00"), ("eur 60", "EUR 70.00")],
)
def test_a_smallest_amount_may_name_its_currency(sally: Person, typed: str, shown: str) -> None:
    sally.modal.press("Filters")
    sally.modal.fill(MINIMUM, typed)
    assert shown in sally.modal.text()
    assert "Blue Iris" not in sally.modal.text()
    assert sally.modal.value(MINIMUM) == typed


def test_an_amount_that_nobody_can_read_is_told_and_filters_nothing(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.fill(MINIMUM, "1,250")
    assert "can be read in two ways" in sally.modal.text()
    assert "Blue Iris" in sally.modal.text()
    sally.modal.submit()
    assert "two ways" in sally.modal.errors[MINIMUM]


def test_the_order_can_be_the_largest_balance_first(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.pick("Order", "Largest balance first")
    assert rows_of(sally)[:3] == ["Rose Garden", "Poppy Market", "Blue Iris Florist"]
    assert rows_of(sally)[-1] == "Rose Garden"  # in another currency


def test_any_number_is_reached_page_by_page_and_the_last_one_at_once(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for n in range(30):
            add_customer(session, f"D{n:02}", name=f"Tulip {n:02}")
            add_invoice(session, f"INV-T{n}", customer_id=f"D{n:02}", due_date=date(2026, 3, 20))
    sally = shop.person(SALLY)
    sally.command("/pay", "aging tulip")
    assert "1–8 of 30" in sally.modal.text()
    sally.modal.press("Next")
    assert "9–16 of 30" in sally.modal.text()
    sally.modal.press("Last")
    assert "25–30 of 30" in sally.modal.text()
    assert "Tulip 29" in sally.modal.text()
    assert "Next" not in sally.modal.buttons
    sally.modal.press("First")
    assert "Tulip 00" in sally.modal.text()


def test_a_row_shows_the_open_invoices_of_its_currency(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.pick("Past due", "Over 90 days")
    sally.modal.press("Open Invoices")
    text = sally.modal.text()
    assert sally.modal.title == "Open Invoices"
    assert "*INV-1* · USD 500.00 · due 1 Nov 2025, 129 days late · PO 7781" in text
    assert text.index("INV-1*") < text.index("INV-2*")
    assert "INV-3" not in text
    sally.modal.close()
    assert sally.modal.title == "Aging / Statements"


def test_a_statement_is_made_from_a_row_in_its_own_currency(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.fill(MINIMUM, "60 EUR")
    sally.modal.press("Create / Send Statement")
    assert sally.modal.title == "Create / Send Statement"
    assert sally.modal.value("Customer") == "Rose Garden · C2"
    assert sally.modal.value("Currency") == "EUR"
    sally.modal.close()
    sally.modal.press("Open Invoices")
    sally.modal.press("Create / Send Statement")
    assert "EUR 70.00" in sally.modal.text()


def test_after_a_statement_was_sent_the_list_is_there_for_the_next_one(sally: Person) -> None:
    sally.modal.press("Filters")
    sally.modal.fill(MINIMUM, "60 EUR")
    sally.modal.press("Create / Send Statement")
    sally.modal.fill("Email addresses", "ap@rose.test")
    assert not sally.modal.submit().errors
    sally.modal.close()  # what is pointed out: that address is not on file
    assert sally.modal.title == "Aging / Statements"
    assert "Rose Garden" in sally.modal.text()


def test_many_open_invoices_are_paged(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "D1", name="Tulip")
        for n in range(14):
            add_invoice(session, f"INV-T{n:02}", customer_id="D1")
    sally = shop.person(SALLY)
    sally.command("/pay", "aging tulip")
    sally.modal.press("Open Invoices")
    assert "1–12 of 14" in sally.modal.text()
    sally.modal.press("Next")
    assert "*INV-T13*" in sally.modal.text()
    sally.modal.press("Previous")
    assert "*INV-T00*" in sally.modal.text()


def test_the_csv_holds_every_row_and_no_formula(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "=C9", name="=HYPERLINK(1)")
        add_invoice(session, "INV-9", customer_id="=C9")
    sally = shop.person(SALLY)
    sally.command("/pay", "aging")
    answer = loopback.get(csv_address(sally).replace(shop.desk.policy.base_url, shop.url))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 6
    assert rows[0]["name"] == "Rose Garden"
    assert rows[0]["days_over_90"] == "500.00"
    assert rows[0]["total_owed"] == "700.00"
    assert {row["name"] for row in rows if "HYPER" in row["name"]} == {"'=HYPERLINK(1)"}
    assert "'=C9" in {row["customer_id"] for row in rows}


def test_the_csv_is_of_what_was_searched(sally: Person, shop: SlackRoom) -> None:
    sally.modal.fill("Name or number of the customer", "poppy")
    answer = loopback.get(csv_address(sally).replace(shop.desk.policy.base_url, shop.url))
    assert "Poppy Market" in answer.text
    assert "Rose" not in answer.text


def csv_address(person: Person) -> str:
    buttons = [e for b in person.modal.blocks for e in b.get("elements", ()) if e.get("url")]
    [found] = [b["url"] for b in buttons if b["text"]["text"] == "Download CSV"]
    return str(found)


def test_a_company_that_is_owed_nothing_is_told_so(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_payment(session, "pay_0", amount=1)  # of nobody known: no balance of anybody's
    sally = stage.person(SALLY)
    sally.command("/pay", "aging zebra")
    assert "No customer with a balance has a name" in sally.modal.text()


def test_a_name_of_two_hundred_characters_fits(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C8", name="Ü<&*" * 50)
        add_invoice(session, "INV-8", customer_id="C8", due_date=date(2026, 1, 1))
    sally = stage.person(SALLY)
    assert sally.command("/pay", "aging c8").ok
    sally.modal.press("Open Invoices")
    assert "INV-8" in sally.modal.text()


def test_somebody_without_a_role_sees_one_sentence_and_no_amount(shop: SlackRoom) -> None:
    answer = shop.person(NOBODY).command("/pay", "aging")
    said = str(answer.shown)
    assert "You have no role in" in said
    assert "USD" not in said
    assert not shop.person(NOBODY).has_modal
    assert len(audited(shop.desk, "denied")) >= 1

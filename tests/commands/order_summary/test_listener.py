"""The Order Summary as staff see and use it, over the real Slack endpoint."""

from datetime import date, timedelta

import pytest

from bot.sandbox.slack.person import Person
from storage import customers, users
from storage.orders import Order
from tests.builders import ALEX, CARL, NOBODY, NOW, SALLY, add_customer, add_invoice, add_order
from tests.slack_room import SlackRoom, audited

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(stage: SlackRoom) -> SlackRoom:
    """Order 88213 with its invoice INV-1042, and the later order 90001 without."""
    with stage.desk.database.writing() as session:
        add_order(session, status="shipped")
        add_order(session, "90001", po_number="", order_date=date(2026, 3, 1))
    return stage


@pytest.fixture
def sally(shop: SlackRoom) -> Person:
    """Sally with the Order Summary open."""
    person = shop.person(SALLY)
    assert person.command("/pay", "order", channel="#payments").ok
    return person


def search(person: Person, typed: str) -> str:
    """Search and return what is on the screen then."""
    answer = person.modal.fill("Search", typed)
    assert answer is not None
    assert answer.ok
    return person.modal.text()


def test_each_order_is_shown_with_its_invoice_balance_and_link(sally: Person) -> None:
    text = sally.modal.text()
    assert sally.modal.title == "Order Summary"
    for shown in (
        "*88213* · Blue Iris Florist",
        "8 Feb 2026 · PO 7781 · shipped",
        "INV-1042 · USD 125.00 due 14 Mar 2026 · no link yet",
        "*90001* · Blue Iris Florist",
        "No invoice yet",
    ):
        assert shown in text
    assert text.index("90001") < text.index("88213")


def test_the_launcher_has_a_button_for_it(shop: SlackRoom) -> None:
    carl = shop.person(CARL)
    answer = carl.command("/pay")
    [message] = answer.shown
    carl.press(message, "Order Summary")
    assert "88213" in carl.modal.text()


@pytest.mark.parametrize("typed", ["88213", "iris 88", "7781"])
def test_a_search_finds_by_number_customer_and_po_and_keeps_the_words(
    sally: Person, typed: str
) -> None:
    text = search(sally, typed)
    assert "*88213*" in text
    assert "*90001*" not in text
    assert sally.modal.value("Search") == typed


def test_the_button_search_does_the_same_as_the_enter_key(sally: Person) -> None:
    search(sally, "88213")
    sally.modal.fill("Search", "90001")
    assert sally.modal.submit().action == "update"
    assert "*88213*" not in sally.modal.text()
    assert "*90001*" in sally.modal.text()


def test_a_search_that_finds_nothing_says_so_literally(sally: Person) -> None:
    assert "begins with 'x&lt;!channel&gt;'" in search(sally, "x<!channel>")
    assert "No order, PO or customer begins with '???'" in search(sally, "???")


def test_pages_go_on_and_back_and_keep_the_search(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for n in range(20):
            add_order(session, f"7{n:02}", order_date=date(2026, 1, 1) - timedelta(days=n))
    sally = shop.person(SALLY)
    sally.command("/pay", "order")
    search(sally, "7")
    assert "*700*" in sally.modal.text()
    sally.modal.press("Next")
    assert "*709*" in sally.modal.text()
    sally.modal.press("Next")
    assert "Next" not in sally.modal.text()
    sally.modal.press("Previous")
    assert "*709*" in sally.modal.text()
    assert sally.modal.value("Search") == "7"


def test_my_own_orders_come_first(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose Garden", sales_rep=SALLY.id)
        add_order(session, "1", customer_id="C2", order_date=date(2020, 1, 1))
    shop.person(SALLY).command("/pay", "order")
    assert shop.person(SALLY).modal.text().index("*1*") < shop.person(SALLY).modal.text().index(
        "*90001*"
    )


def test_links_switched_off_for_the_customer_show_as_off(sally: Person, shop: SlackRoom) -> None:
    search(sally, "88213")
    sally.modal.press("Email Docs")
    sally.modal.submit()
    with shop.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False
    sally.command("/pay", "order")
    assert "link off" in sally.modal.text()


def test_an_order_s_number_leads_straight_to_it(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    assert sally.command("/pay", "order 88213").ok
    text = sally.modal.text()
    for shown in ("88213", "Blue Iris Florist", "USD 125.00", "Roses Freedom red", "no link yet"):
        assert shown in text
    assert "Nothing was mailed yet" in text


def test_an_order_s_view_shows_the_tax_that_its_total_holds(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "order new blue iris")
    sally.modal.fill("Lines", "3 boxes x Lilies @ 20 +8.25%")
    sally.modal.submit()
    sally.modal.pick("What is to happen?", "Save")
    sally.modal.submit()
    sally.command("/pay", "order SO-1001")
    for shown in ("3 boxes × Lilies @ 20.00 +8.25%", "Tax 8.25% on USD 60.00", "Total USD 64.95"):
        assert shown in sally.modal.text()


def test_a_po_that_names_itself_is_not_named_twice(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_order(session, "777", po_number="PO 129")
    sally = shop.person(SALLY)
    sally.command("/pay", "order")
    text = search(sally, "777")
    assert "PO 129" in text
    assert "PO PO" not in text


def test_words_that_several_orders_have_open_the_summary_searched(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "order iris")
    assert "Several orders match 'iris'" in sally.modal.text()
    assert sally.modal.value("Search") == "iris"
    sally.command("/pay", "order tulip")
    assert "No order, PO or customer begins with 'tulip'" in sally.modal.text()


def test_the_order_s_view_tells_who_sent_what_to_whom(sally: Person, shop: SlackRoom) -> None:
    search(sally, "88213")
    sally.modal.press("Email Docs")
    sally.modal.tick("Order confirmation")
    assert sally.modal.submit().ok
    sally.command("/pay", "order")
    search(sally, "88213")
    sally.modal.press("Details")
    text = sally.modal.text()
    assert f"to be sent by <@{SALLY.id}>" in text
    assert "INV-1042 and order confirmation to ap@iris.test" in text
    assert "link active" in text


def test_email_docs_from_the_order_s_view_closes_the_view_too(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "order")
    search(sally, "88213")
    sally.modal.press("Details")
    sally.modal.press("Email Docs")
    assert sally.modal.title == "Email Docs"
    assert sally.modal.submit().action == "clear"
    assert not sally.has_modal
    assert [mail.invoice_number for mail in shop.mails()] == ["INV-1042"]


def test_an_order_without_invoice_offers_its_confirmation_alone(
    sally: Person, shop: SlackRoom
) -> None:
    search(sally, "90001")
    sally.modal.press("Email Docs")
    assert "Not possible: The link belongs to the invoice" in sally.modal.text()
    assert sally.modal.ticked() == ["Order confirmation", "ap@iris.test"]
    assert sally.modal.submit().ok
    [mail] = shop.mails()
    assert (mail.purpose, mail.order_number, mail.invoice_number) == (
        "order_confirmation",
        "90001",
        None,
    )
    assert mail.link_id is None


def test_a_link_without_its_invoice_is_refused_under_the_tick(
    sally: Person, shop: SlackRoom
) -> None:
    search(sally, "88213")
    sally.modal.press("Email Docs")
    sally.modal.untick("Invoice INV-1042")
    sally.modal.tick("Order confirmation")
    assert "goes with the invoice" in sally.modal.submit().errors["Payment Link"]
    assert shop.mails() == []
    sally.modal.untick("Payment Link")
    assert sally.modal.submit().ok
    assert shop.mails()[0].purpose == "order_confirmation"


def test_issuing_is_offered_where_there_is_no_invoice(sally: Person) -> None:
    assert "Issue invoice and send" not in search(sally, "88213")
    assert "Issue invoice and send" in search(sally, "90001")


def test_why_an_invoice_cannot_be_issued_is_said_in_small_words(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_order(session, "555", amounts=())
    sally = shop.person(SALLY)
    sally.command("/pay", "order")
    text = search(sally, "555")
    assert "came from the ERP without lines" in text
    assert "Issue invoice and send" not in text


def test_a_void_invoice_is_not_what_email_docs_means(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(
            session,
            "INV-2000",
            order_number="90001",
            lifecycle="void",
            issue_date=date(2026, 3, 2),
        )
    sally = shop.person(SALLY)
    sally.command("/pay", "order")
    text = search(sally, "90001")
    assert "INV-2000 · void" in text
    assert "void · no link" not in text
    sally.modal.press("Email Docs")
    assert "No invoice yet" in sally.modal.text()


def test_an_order_whose_invoice_is_void_is_not_said_to_have_had_none(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-2000", order_number="90001", lifecycle="void")
    sally = shop.person(SALLY)
    sally.command("/pay", "order 90001")
    assert "No invoice yet" not in sally.modal.text()
    assert "No invoice that can be sent" in sally.modal.text()


def test_each_invoice_of_an_order_has_its_own_email_docs(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-1043", issue_date=date(2026, 2, 11))
    alex = shop.person(ALEX)
    alex.command("/pay", "order 88213")
    for number, block in zip(("INV-1043", "INV-1042"), ("invoice.0", "invoice.1"), strict=True):
        shown = [b for b in alex.modal.blocks if b.get("block_id") == block]
        assert number in shown[0]["text"]["text"]
        assert number in shown[0]["accessory"]["value"]


def test_a_role_taken_away_stops_email_docs(sally: Person, shop: SlackRoom) -> None:
    search(sally, "88213")
    with shop.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    sally.modal.press("Email Docs")
    assert "You have no role" in sally.modal.text()


def test_somebody_without_a_role_sees_no_order(shop: SlackRoom) -> None:
    answer = shop.person(NOBODY).command("/pay", "order 88213")
    assert "You have no role" in answer.text
    assert not shop.person(NOBODY).has_modal
    assert [entry.actor for entry in audited(shop.desk, "denied")] == [NOBODY.id]


def test_an_order_taken_here_says_by_whom(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        order = session.get_one(Order, "90001")
        order.created_by, order.created_at = CARL.id, NOW
        session.add(order)
    sally = shop.person(SALLY)
    sally.command("/pay", "order 90001")
    assert f"taken by <@{CARL.id}>" in sally.modal.text()

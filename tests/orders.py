"""Orders as tests take them, and what became of them."""

from datetime import date

from bot.sandbox.slack.person import Person
from commands.orders.form import OrderForm
from commands.send_invoice.fields import Filled
from storage import customers, invoices, orders
from storage.database import Database
from storage.invoices import Invoice
from storage.orders import Order
from tests.slack_room import SlackRoom

LINES = "12 x Roses red 60cm @ 1.25\n3 boxes x Lilies @ 20 +8.25%\n-1 x Discount @ 5"
FILLED = Filled(("ap@iris.test",), with_link=True, message="", copy_me=False)


def a_form(form_id: str = "form-1", *, lines: str = LINES, customer: str = "C1") -> OrderForm:
    """Over USD 74.95, of which USD 4.95 are tax."""
    return OrderForm(form_id, customer, lines, ship_date=date(2026, 3, 12), po_number="7781-B")


def switch_links_off(database: Database, customer_id: str = "C1") -> None:
    with database.writing() as session:
        customer = customers.find(session, customer_id)
        assert customer is not None
        customer.payment_links_enabled = False


def reviewing(person: Person, lines: str = LINES) -> Person:
    person.modal.fill("Lines", lines)
    assert person.modal.submit().action == "push"
    return person


def stored(stage: SlackRoom) -> tuple[Order | None, Invoice | None]:
    with stage.desk.database.reading() as session:
        return orders.find(session, "SO-1001"), invoices.find(session, "INV-1001")

import pytest

from tests.builders import add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till


@pytest.fixture
def till(room: Room) -> Till:
    """Blue Iris owes USD 125.00 for INV-1042 and USD 40.00 for INV-1043, due a day later."""
    with room.desk.database.writing() as session:
        customer = add_customer(session)
        first = add_invoice(session)
        later = first.due_date.replace(day=15)
        add_invoice(session, "INV-1043", total=4000, customer_id=customer.id, due_date=later)
    return Till(room.desk, room.gateway)

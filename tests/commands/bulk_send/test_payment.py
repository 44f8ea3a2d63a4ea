"""A bulk link is paid: told like any other payment, and shown on the send's message."""

import pytest
from sqlmodel import Session

from storage import batches
from storage.customers import Customer
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from tests.builders import MARA, SALLY
from tests.bulk_sending import ID, Sends, text_of
from tests.paying import Till


def paid(sends: Sends) -> Till:
    """Florist 1 pays everything that the mail asks for."""
    sends.request(MARA, 1, 2)
    sends.send()
    return pay(sends, 0)


def pay(sends: Sends, letter: int) -> Till:
    till = Till(sends.desk, sends.room.gateway)
    address = text_of(sends.letters()[letter]).partition("/pay/")[2].split()[0]
    till.click(address)
    till.pay()
    sends.room.clock.advance(seconds=5)
    sends.work()
    return till


def test_it_settles_every_invoice_of_the_mail_and_is_told(sends: Sends) -> None:
    till = paid(sends)
    assert [till.balance(number) for number in ("INV-10", "INV-11", "INV-20")] == [0, 0, 10000]
    told = [post for post in sends.room.announcer.posts if "paid" in post.text.lower()]
    assert any("Florist 1" in post.text for post in told)
    assert till.receipt_addresses()[0] == "ap1@florist1.test"


def test_the_sends_message_says_what_came_in(sends: Sends) -> None:
    paid(sends)
    last = [
        str(post.blocks) for _, post in sends.room.announcer.updates if "customers" in post.text
    ]
    assert "Paid or credited since: USD 150.00 of USD 300.00" in last[-1]


@pytest.mark.databases("postgresql")  # on SQLite one writes after the other
def test_what_comes_in_while_somebody_looks_is_told_by_the_next_look(sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.send()
    with sends.desk.database.writing() as session:
        settle(session, "INV-10")
    with sends.desk.database.writing() as session:
        settle(session, "INV-20")
        sends.room.clock.advance(seconds=5)
        sends.work()  # somebody else's, who sees the first alone
    sends.room.clock.advance(seconds=5)
    sends.work()
    assert sends.batch().told["settled"] == {"USD": 20000}
    assert sends.batch().attention == "none"


def settle(session: Session, number: str) -> None:
    invoice = session.get_one(Invoice, number)
    invoice.allocated = invoice.total
    session.add(invoice)
    session.flush()
    batches.touch(session, [ID])


def test_what_was_left_out_is_neither_asked_for_nor_paid_since(sends: Sends) -> None:
    sends.request(SALLY, 1, 2, 3)
    sends.change(Invoice, "INV-10", allocated=10000)
    sends.change(Customer, "C3", payment_links_enabled=False)
    sends.approve(MARA)
    sends.send()
    pay(sends, 1)
    last = [
        str(post.blocks) for _, post in sends.room.announcer.updates if "customers" in post.text
    ]
    assert "Paid or credited since: USD 150.00 of USD 200.00" in last[-1]


def test_stripe_hears_nothing_of_another_customer(sends: Sends) -> None:
    paid(sends)
    [request] = sends.room.gateway.requests
    said = repr(request)
    assert "INV-10" in said
    for word in ("INV-20", "Florist 2", "florist2", "C2"):
        assert word not in said


def test_the_link_is_the_customers_own(sends: Sends) -> None:
    paid(sends)
    links: list[PaymentLink] = sends.links()
    assert [(link.kind, link.created_by, sends.covered(link)) for link in links] == [
        ("bulk", MARA.id, ["INV-10", "INV-11"]),
        ("bulk", MARA.id, ["INV-20", "INV-21"]),
    ]

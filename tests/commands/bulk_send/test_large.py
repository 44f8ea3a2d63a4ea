"""500 customers with 5,000 invoices in one send: quick to ask for, and nobody else waits.

Measured is the work of this thread, for other tests keep the machine busy;
`benchmarks/bulk_send.py` looks at the clock on the wall.
"""

import time

from commands.access import BATCHER
from commands.batches import service as batches
from commands.batches.telling import tell
from commands.bulk_send.order import BulkMail, BulkOrder
from commands.bulk_send.preparing import prepare_next
from storage import bulk
from storage.customers import Contact, Customer
from storage.invoices import Invoice
from tests.builders import MARA, NOW, SALLY, add_customer, add_invoice
from tests.bulk_sending import ID, Sends

CUSTOMERS, EACH = 500, 10
SOME = 150  # whose mails are queued: a turn is as long whether many are left or few
_LONGEST = 3.0  # seconds, for the review's answer and the request together, and for each other act


def large(sends: Sends, customers: int) -> BulkOrder:
    """Copies of one customer and one invoice."""
    with sends.desk.database.writing() as session:
        customer = add_customer(session, "M", emails=()).model_dump()
        invoice = add_invoice(session, "M-0", customer_id="M").model_dump()
        ids = [f"M{n:03}" for n in range(customers)]
        bulk.insert(session, Customer, [customer | {"id": own, "name": own} for own in ids])
        bulk.insert(session, Contact, [_contact(own) for own in ids])
        bulk.insert(
            session,
            Invoice,
            [
                invoice | {"number": f"{own}-{n}", "customer_id": own, "recorded_at": NOW}
                for own in ids
                for n in range(EACH)
            ],
        )
    mails = tuple(
        BulkMail(own, "USD", tuple(f"{own}-{n}" for n in range(EACH)), (f"{own}@shop.test",))
        for own in ids
    )
    sends.rule(approval_second_person_over=10**9)
    return BulkOrder(ID, mails)


def _contact(customer_id: str) -> dict[str, object]:
    address = f"{customer_id}@shop.test"
    own = {"customer_id": customer_id, "purpose": "invoice", "address": address}
    return own | {"position": 0, "refused": ""}


def test_the_answer_and_the_request_take_less_than_three_seconds(sends: Sends) -> None:
    order = large(sends, CUSTOMERS)
    begun = time.thread_time()
    sends.answer(SALLY, mails=order.mails)
    made = sends.request(SALLY, mails=order.mails)
    assert time.thread_time() - begun < _LONGEST
    assert (made.way, made.customers, made.invoices) == ("ask", CUSTOMERS, CUSTOMERS * EACH)
    begun = time.thread_time()
    sends.approve(MARA)
    assert time.thread_time() - begun < _LONGEST


def test_nobody_waits_long_while_its_mails_are_queued_or_stopped(sends: Sends) -> None:
    sends.request(MARA, mails=large(sends, SOME).mails, attach_pdfs=True)
    longest, more = 0.0, True
    while more:
        turn = time.thread_time()
        more = prepare_next(BATCHER, sends.desk)
        longest = max(longest, time.thread_time() - turn)
    assert longest < _LONGEST
    assert len(sends.mails()) == SOME
    assert len(sends.links("invoice")) == SOME * EACH
    begun = time.thread_time()
    batches.stop(MARA, sends.desk, batch_id=ID)
    assert time.thread_time() - begun < _LONGEST * SOME / CUSTOMERS
    while tell(BATCHER, sends.desk):
        pass
    assert sends.batch().status == "stopped"
    assert {mail.status for mail in sends.mails()} == {"cancelled"}

"""Two at once. Each race is first run with the locks taken away, to show that it is one.

`unlocked` is what SQLAlchemy does when nobody thinks about it: on SQLite the driver begins when it
writes, on PostgreSQL both may read before either writes.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool
from sqlmodel import Session, col, func, select

from commands.access import DELIVERER
from commands.deliver.claim import claim_next
from commands.errors import Refused, TooLate
from commands.send_invoice.retry import retry_send
from commands.send_invoice.service import SendInvoice, Sent, send_invoice, undo
from storage import checkouts, deliveries, payments
from storage.checkouts import CheckoutAttempt
from storage.database import Database
from storage.deliveries import Delivery
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from storage.payments import Payment, PaymentAllocation
from tests.builders import NOW, SALLY
from tests.conftest import Room
from tests.paying import Till

Result = TypeVar("Result")
ORDER = SendInvoice("draft-1", "INV-1042", ("ap@iris.test",), with_link=True)


@contextmanager
def unlocked(database: Database) -> Iterator[Session]:
    engine = create_engine(database.url, poolclass=NullPool)
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()
    engine.dispose()


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Begin all at the same moment; what each returned."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        ready.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# -- two payments of one invoice ----------------------------------------------------------------


def laid_and_noted(database: Database) -> tuple[int, int]:
    """What the allocations of INV-1042 sum to, and what the invoice itself says."""
    with database.reading() as session:
        own = PaymentAllocation.invoice_number == "INV-1042"
        laid = session.exec(select(func.sum(PaymentAllocation.amount)).where(own)).one()
        return int(laid or 0), session.get_one(Invoice, "INV-1042").allocated


def a_payment(number: int) -> Payment:
    facts: dict[str, Any] = {
        "currency": "USD",
        "status": "succeeded",
        "source": "gateway",
        "method": "card",
    }
    dates: dict[str, Any] = {"received_on": NOW.date(), "recorded_at": NOW}
    return Payment(id=f"pi_race{number}", customer_id="C1", amount=12500, **facts, **dates)


def test_unlocked_two_payments_settle_one_invoice_twice(till: Till) -> None:
    both_read = threading.Barrier(2)

    def allocate(number: int) -> None:
        with unlocked(till.desk.database) as session:
            invoice = session.get_one(Invoice, "INV-1042")
            both_read.wait(10)
            payments.allocate(session, a_payment(number), invoice, 12500)

    at_once(lambda: allocate(1), lambda: allocate(2))
    assert laid_and_noted(till.desk.database) == (25000, 12500)


def test_two_payments_at_once_settle_it_once_and_the_rest_is_credit(till: Till) -> None:
    for subject in ("first", "second", "third"):
        till.click(till.link("INV-1042", kind="bulk", subject=subject))
    told = [till.gateway.complete(f"cs_test_{number}") for number in (1, 2, 3)]
    at_once(*[partial(till.settle, each) for each in told * 2])
    assert laid_and_noted(till.desk.database) == (12500, 12500)
    assert sum(payment.unapplied for payment in till.payments()) == 25000


# -- one form submitted twice -------------------------------------------------------------------


def test_unlocked_the_second_of_two_submissions_breaks(till: Till) -> None:
    both_looked = threading.Barrier(2)

    def submit() -> str:
        try:
            with unlocked(till.desk.database) as session:
                assert deliveries.find_by_key(session, "invoice-mail:draft-1") is None
                both_looked.wait(10)
                session.add(a_mail("invoice-mail:draft-1"))
        except IntegrityError:
            return "broke"
        return "queued"

    assert sorted(at_once(submit, submit)) == ["broke", "queued"]


def test_two_submissions_at_once_are_one_mail_and_both_are_told_so(till: Till) -> None:
    def submit() -> Sent:
        return send_invoice(SALLY, till.desk, order=ORDER)

    told = at_once(*[submit] * 6)
    assert {sent.delivery_id for sent in told} == {told[0].delivery_id}
    assert sorted(sent.repeated for sent in told) == [False] + [True] * 5
    assert len(till.deliveries("invoice")) == 1


# -- two workers --------------------------------------------------------------------------------


def a_mail(key: str) -> Delivery:
    facts: dict[str, Any] = {
        "kind": "email",
        "purpose": "invoice",
        "message_id": f"<{key}@bloom.test>",
    }
    whose: dict[str, Any] = {
        "customer_id": "C1",
        "invoice_number": "INV-1042",
        "created_by": SALLY.id,
    }
    return Delivery(key=key, **facts, **whose, created_at=NOW, not_before=NOW)


def queue(database: Database, count: int) -> None:
    with database.writing() as session:
        session.add_all(a_mail(f"mail-{number}") for number in range(count))


def test_unlocked_two_workers_take_one_mail(till: Till) -> None:
    queue(till.desk.database, 1)
    both_read = threading.Barrier(2)

    def claim() -> int | None:
        with unlocked(till.desk.database) as session:
            waiting = select(Delivery).where(Delivery.status == "queued")
            row = session.exec(waiting).one()
            both_read.wait(10)
            row.status, row.lease_token = "sending", f"token-{threading.get_ident()}"
            session.add(row)
        return row.id

    first, second = at_once(claim, claim)
    assert first == second


def test_workers_at_once_take_every_mail_once(till: Till) -> None:
    queue(till.desk.database, 24)

    def work() -> list[int]:
        claims = iter(lambda: claim_next(DELIVERER, till.desk, ["email"]), None)
        return [claim.id for claim in claims]

    taken = [number for worker in at_once(*[work] * 4) for number in worker]
    assert len(taken) == len(set(taken)) == 24


# -- two clicks on one link ---------------------------------------------------------------------


def live(database: Database) -> int:
    with database.reading() as session:
        alive = col(CheckoutAttempt.status).in_(("created", "open"))
        return len(session.exec(select(CheckoutAttempt.id).where(alive)).all())


def test_unlocked_two_clicks_are_two_payments_under_way(till: Till) -> None:
    till.link("INV-1042")
    both_looked = threading.Barrier(2)

    def click(number: int) -> None:
        with unlocked(till.desk.database) as session:
            assert checkouts.touching(session, ["INV-1042"], "created", "open") == []
            both_looked.wait(10)
            link = session.exec(select(PaymentLink.id)).one()
            checkouts.add(session, an_attempt(number, link), {"INV-1042": 12500})

    at_once(lambda: click(1), lambda: click(2))
    assert live(till.desk.database) == 2


def an_attempt(number: int, link_id: str) -> CheckoutAttempt:
    money: dict[str, Any] = {"currency": "USD", "amount": 12500, "method": "card"}
    whose: dict[str, Any] = {"link_id": link_id, "customer_id": "C1"}
    return CheckoutAttempt(id=f"a{number}", **whose, **money, created_at=NOW, changed_at=NOW)


def test_clicks_at_once_leave_one_payment_under_way(till: Till) -> None:
    token = till.link("INV-1042")
    where = at_once(*[lambda: till.click(token)] * 6)
    assert len(set(where)) == 1
    assert live(till.desk.database) == 1


# -- Undo against the worker --------------------------------------------------------------------


def status_of(database: Database, delivery_id: int) -> str:
    with database.reading() as session:
        return session.get_one(Delivery, delivery_id).status


def test_unlocked_an_undone_mail_is_in_a_workers_hands(till: Till, room: Room) -> None:
    sent = send_invoice(SALLY, till.desk, order=ORDER)
    room.clock.advance(seconds=60)
    with unlocked(till.desk.database) as session:
        mail = session.get_one(Delivery, sent.delivery_id)
        assert mail.status == "queued"
        claim = claim_next(DELIVERER, till.desk, ["email"])
        mail.status = "cancelled"
        session.add(mail)
    assert claim is not None
    assert status_of(till.desk.database, sent.delivery_id) == "cancelled"


@pytest.mark.parametrize("round_", range(4))
def test_either_undo_or_the_worker_has_it(till: Till, room: Room, round_: int) -> None:
    sent = send_invoice(SALLY, till.desk, order=ORDER)
    room.clock.advance(seconds=60)

    def take_back() -> bool:
        try:
            undo(SALLY, till.desk, delivery_id=sent.delivery_id)
        except TooLate:
            return False
        return True

    def take_up() -> bool:
        return claim_next(DELIVERER, till.desk, ["email"]) is not None

    undone, claimed = at_once(take_back, take_up)
    assert undone != claimed
    expected = "cancelled" if undone else "sending"
    assert status_of(till.desk.database, sent.delivery_id) == expected


# -- two presses of Retry -----------------------------------------------------------------------


def failed_mail(till: Till) -> int:
    sent = send_invoice(SALLY, till.desk, order=ORDER)
    with till.desk.database.writing() as session:
        session.get_one(Delivery, sent.delivery_id).status = "failed"
    return sent.delivery_id


def test_unlocked_two_presses_of_retry_both_find_a_failed_mail(till: Till) -> None:
    mail_id = failed_mail(till)
    both_read = threading.Barrier(2)

    def press() -> str:
        with unlocked(till.desk.database) as session:
            mail = session.get_one(Delivery, mail_id)
            found = mail.status
            both_read.wait(10)
            mail.status = "queued"
            session.add(mail)
        return found

    assert at_once(press, press) == ["failed", "failed"]


def test_presses_of_retry_at_once_are_one_retry(till: Till) -> None:
    mail_id = failed_mail(till)

    def press() -> str:
        try:
            return retry_send(SALLY, till.desk, delivery_id=mail_id)
        except Refused as error:
            return error.sentence

    told = sorted(at_once(*[press] * 4))
    assert told[0] == "INV-1042"
    assert all("on its way already" in sentence for sentence in told[1:])
    with till.desk.database.reading() as session:
        assert session.get_one(Delivery, mail_id).payload["retries"] == 1

"""Thousands of Stripe's events, shuffled and duplicated, from many threads at once."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlmodel import func, select

from commands.access import SETTLER
from commands.desk import Desk
from commands.ports import ReceivedEvent
from commands.take_payment import events
from storage.deliveries import Delivery
from storage.gateway_events import GatewayEvent
from tests.builders import add_customer, add_invoice
from tests.fakes import MemoryGateway
from tests.paying import Till

TOTAL = 1000
# Each payment is told by four events, in any order, each of them several times.
KINDS = (
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.succeeded",
    "payment_intent.processing",
)


@dataclass(frozen=True)
class Storm:
    """So many payments, each of the events of each told `copies` times, from `threads` threads."""

    seed: int
    payments: int
    copies: int
    threads: int = 16

    @property
    def told(self) -> int:
        return self.payments * len(KINDS) * self.copies


@dataclass(frozen=True)
class Outcome:
    """What the ledger has afterwards; `new`: how many of the events were new to the inbox."""

    told: int
    new: int
    seconds: float
    payments: int
    paid_invoices: int
    allocated: int
    receipts: int
    confirmations: int
    events: dict[str, int]


def blow(desk: Desk, gateway: MemoryGateway, storm: Storm) -> Outcome:
    """Store and handle at the same time, half of the threads each way; then the rest."""
    ids = _pay(desk, gateway, storm)
    told = [event for number in ids for event in _events(number)] * storm.copies
    random.Random(storm.seed).shuffle(told)  # noqa: S311 -- an order, not a secret
    started = time.monotonic()
    with ThreadPoolExecutor(storm.threads) as pool:
        helpers = [pool.submit(_handle, desk, len(told)) for _ in range(storm.threads // 4)]
        stored = list(pool.map(lambda event: events.store_event(desk, event), told))
        for helper in helpers:
            helper.result()
        for rest in [pool.submit(_handle_rest, desk) for _ in range(storm.threads)]:
            rest.result()
    return _outcome(desk, len(told), sum(stored), time.monotonic() - started)


def _pay(desk: Desk, gateway: MemoryGateway, storm: Storm) -> list[str]:
    """One invoice, link, checkout and completed payment each; the sessions' ids."""
    with desk.database.writing() as session:
        for number in range(storm.payments):
            add_customer(session, f"C{number}")
            add_invoice(session, f"INV-{number}", customer_id=f"C{number}", total=TOTAL)
    till = Till(desk, gateway)
    for number in range(storm.payments):
        till.click(till.link(f"INV-{number}"))
    for session_id in gateway.sessions:
        gateway.complete(session_id)
    return list(gateway.sessions)


def _events(session_id: str) -> list[ReceivedEvent]:
    payment_id = session_id.replace("cs_test_", "pi_")
    return [_event(kind, session_id, payment_id) for kind in KINDS]


def _event(kind: str, session_id: str, payment_id: str) -> ReceivedEvent:
    about = session_id if kind.startswith("checkout") else payment_id
    payload: dict[str, Any] = {}
    if kind == "charge.succeeded":
        about, payload = f"ch_{payment_id}", {"payment_intent": payment_id}
    return ReceivedEvent(f"evt_{kind}_{payment_id}", kind, about, livemode=False, payload=payload)


def _handle(desk: Desk, most: int) -> None:
    """While the others store: a bounded number of looks."""
    for _ in range(most // 20):
        events.handle_next(SETTLER, desk)


def _handle_rest(desk: Desk) -> None:
    while events.handle_next(SETTLER, desk):
        pass


def _outcome(desk: Desk, told: int, new: int, seconds: float) -> Outcome:
    till = Till(desk, MemoryGateway())
    booked = till.payments()
    with desk.database.reading() as session:
        by_status = select(GatewayEvent.status, func.count()).group_by(GatewayEvent.status)
        statuses: dict[str, int] = dict(session.exec(by_status).all())
    invoices = [till.invoice(f"INV-{number}") for number in range(new // len(KINDS))]
    return Outcome(
        told=told,
        new=new,
        seconds=seconds,
        payments=sum(payment.status == "succeeded" for payment in booked),
        paid_invoices=sum(invoice.status == "paid" for invoice in invoices),
        allocated=sum(invoice.allocated for invoice in invoices),
        receipts=len(_once(till.deliveries("receipt"))),
        confirmations=len(_once(till.deliveries("confirmation"))),
        events=statuses,
    )


def _once(rows: list[Delivery]) -> set[str]:
    keys = Counter(row.key for row in rows)
    assert max(keys.values(), default=1) == 1
    return set(keys)


def check(outcome: Outcome, storm: Storm) -> None:
    """Each event once in the inbox, each payment once in the ledger, each receipt once queued."""
    many = storm.payments
    assert outcome.new == many * len(KINDS), f"{outcome.new} events were taken as new"
    assert outcome.events == {"handled": many * len(KINDS)}, outcome.events
    numbers = (outcome.payments, outcome.paid_invoices, outcome.receipts, outcome.confirmations)
    assert numbers == (many,) * 4, f"payments, invoices, receipts, posts: {numbers} of {many}"
    assert outcome.allocated == many * TOTAL, f"{outcome.allocated} were laid on invoices"

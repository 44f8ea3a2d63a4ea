"""Everybody at once on overlapping links: customers, staff, Stripe's Dashboard, its webhooks."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.adapters.stripe_balance import StripeBalance
from bot.adapters.stripe_client import connect
from bot.adapters.stripe_gateway import StripeCheckouts, StripePayments
from bot.adapters.stripe_history import StripeHistory
from bot.adapters.stripe_money_back import StripeDisputes, StripeRefunds
from bot.sandbox.stripe.books import Record
from bot.sandbox.stripe.errors import ApiError
from bot.sandbox.stripe.sandbox import StripeSandbox
from commands.access import SETTLER
from commands.desk import Desk, Gateway
from commands.errors import PayError
from commands.refund import service as refund_service
from commands.refund.carry_out import carry_out_next
from commands.refund.plan import RefundWish
from commands.take_payment import chores, events, history
from commands.void_invoice import service as void_invoice
from commands.void_invoice.service import EndInvoice
from tests.builders import ANNA, CARL, add_customer, add_invoice
from tests.conftest import Room
from tests.fakes import MemoryGateway, StoppedClock
from tests.paying import Till
from tests.taking import take

CUSTOMERS, INVOICES = 4, 4  # so many of each
TOTAL, CREDIT = 5000, -1500
_PART, _TOO_MUCH = "12.34", "57.00"  # of an invoice over 50.00


def connected(room: Room, stripe: StripeSandbox) -> Desk:
    """The room's desk at the stand-in, with a clock that agrees with it."""
    client = connect(stripe.api_key, stripe.api_base)
    gateway = Gateway(
        StripeCheckouts(client),
        StripePayments(client),
        room.desk.gateway.account,
        StripeHistory(client, livemode=False),
        StripeRefunds(client),
        StripeDisputes(client),
        StripeBalance(client),
    )
    return replace(room.desk, gateway=gateway, clock=StoppedClock(datetime.now(UTC)))


@dataclass
class MoneyStorm:
    """`threads` people, each with `acts` things to do, drawn from `seed`."""

    desk: Desk
    stripe: StripeSandbox
    seed: int
    threads: int
    acts: int
    tokens: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)  # how often each act came to something
    _ids: "count[int]" = field(default_factory=count)

    @property
    def till(self) -> Till:
        return Till(self.desk, MemoryGateway())

    def open_the_books(self) -> None:
        """Each invoice in a link of its own, in one with its neighbour, and in one with all; and
        every customer has some credit.
        """
        with self.desk.database.writing() as session:
            for customer in range(CUSTOMERS):
                add_customer(session, f"C{customer}")
                add_invoice(session, f"CR-{customer}", customer_id=f"C{customer}", total=CREDIT)
                for row in range(INVOICES):
                    number = f"INV-{customer}{row}"
                    add_invoice(session, number, customer_id=f"C{customer}", total=TOTAL)
                    self.numbers.append(number)
        for customer in range(CUSTOMERS):
            own = self.numbers[customer * INVOICES : (customer + 1) * INVOICES]
            self.tokens += [self.till.link(number) for number in own]
            for pair in (own[:2], own[1:3], own):
                self.tokens.append(self.till.link(*pair, kind="bulk", subject="+".join(pair)))
        self._pay_with_credit()

    def _pay_with_credit(self) -> None:
        """One who did so before: whether another comes to it in the storm is chance."""
        self.till.click(self.tokens[-1], method="card", use_credit=True)
        self.pay(random.Random(self.seed))  # noqa: S311 -- a story, not a secret
        self._hear_all()

    def blow(self) -> None:
        ready = threading.Barrier(self.threads)

        def one(number: int) -> None:
            draw = random.Random(self.seed * 1000 + number)  # noqa: S311 -- a story, not a secret
            ready.wait(60)
            for _ in range(self.acts):
                self._act(draw)

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(one, range(self.threads)))

    def _act(self, draw: random.Random) -> None:
        """Refusals are answers; whatever else is raised is a finding."""
        act = draw.choice(_ACTS)
        with suppress(PayError, ApiError):
            act(self, draw)
            name = act.__name__
            self.done[name] = self.done.get(name, 0) + 1

    # -- customers ------------------------------------------------------------------------------

    def click(self, draw: random.Random) -> None:
        method = draw.choice(["card", "us_bank_account"])
        amount, credit = draw.choice([None, None, _PART]), draw.choice([True, False])
        token = draw.choice(self.tokens)
        self.till.click(token, method=method, amount_text=amount, use_credit=credit)

    def settle_with_credit(self, draw: random.Random) -> None:
        """Charges nothing, where the customer has as much to their credit as is due."""
        self.till.click(draw.choice(self.tokens), method="credit", use_credit=True)

    def pay(self, draw: random.Random) -> None:
        session = draw.choice(self._records("checkout.session", "open") or [{}])
        if session:
            method = session["payment_method_types"][0]
            self.stripe.pay(session["id"], method=method, outcome=draw.choice(_OUTCOMES[method]))

    # -- staff ----------------------------------------------------------------------------------

    def record(self, draw: random.Random) -> None:
        own = {"customer_id": f"C{draw.randrange(CUSTOMERS)}", "amount": _PART}
        day = self.desk.clock.now().date().isoformat()
        take(self.desk, CARL, cheque_number=f"{next(self._ids)}", received_on=day, **own)

    def overpay(self, draw: random.Random) -> None:
        """What is left of it is credit, to be used at a checkout."""
        own = {"customer_id": f"C{draw.randrange(CUSTOMERS)}", "amount": _TOO_MUCH}
        day = self.desk.clock.now().date().isoformat()
        number = f"{own['customer_id'].replace('C', 'INV-')}0"
        own |= {"cheque_number": f"{next(self._ids)}", "received_on": day}
        take(self.desk, CARL, chosen=(number,), **own)

    def void(self, draw: random.Random) -> None:
        number = draw.choice(self.numbers)
        ending = draw.choice(["void", "written_off"])
        seen = void_invoice.look(CARL, self.desk, number=number).seen
        order = EndInvoice(number, ending, "Sent twice", seen)  # type: ignore[arg-type]  # one of two literals
        void_invoice.end_invoice(CARL, self.desk, order=order)

    def refund(self, draw: random.Random) -> None:
        intent = draw.choice(self._records("payment_intent", "succeeded") or [{}])
        if intent:
            amount = draw.choice([_PART, f"{intent['amount'] / 100:.2f}"])
            draft = f"order-{next(self._ids)}"
            wish = RefundWish(draft, intent["id"], amount, "requested_by_customer")
            refund_service.place(ANNA, self.desk, wish=wish)
            carry_out_next(SETTLER, self.desk)

    # -- Stripe ---------------------------------------------------------------------------------

    def dashboard(self, draw: random.Random) -> None:
        intent = draw.choice(self._records("payment_intent", "succeeded") or [{}])
        if intent:
            self.stripe.refund(intent["id"], draw.choice([100, 1234, None]))

    def dispute(self, draw: random.Random) -> None:
        intent = draw.choice(self._records("payment_intent", "succeeded") or [{}])
        if intent:
            dispute = self.stripe.dispute(intent["id"], "product_not_received")
            end = draw.choice([self.stripe.win_dispute, self.stripe.lose_dispute, None])
            if end is not None:
                end(dispute["id"])

    def webhooks(self, draw: random.Random) -> None:
        """Some of what ever happened, twice and in any order, while others handle it."""
        told = self.desk.gateway.history.events_since(self._yesterday, limit=5000) * 2
        for event in draw.sample(told, min(len(told), 12)):
            events.store_event(self.desk, event)
        for _ in range(6):
            events.handle_next(SETTLER, self.desk)

    # -- afterwards -----------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        self.stripe.finish_bank_debits()
        for _ in range(3):
            while carry_out_next(SETTLER, self.desk):
                pass
            self._hear_all()
            chores.reconcile(SETTLER, self.desk, limit=1000)
            chores.expire_superseded(SETTLER, self.desk)
            self.desk.clock.advance(minutes=31)  # type: ignore[attr-defined]  # as `connected` made it

    def _hear_all(self) -> None:
        history.catch_up(SETTLER, self.desk)
        while events.handle_next(SETTLER, self.desk):
            pass

    @property
    def _yesterday(self) -> datetime:
        return self.desk.clock.now() - timedelta(days=1)

    def _records(self, kind: str, status: str) -> list[Record]:
        with self.stripe.books.lock:
            rows = [dict(row) for row in self.stripe.books.all(kind) if row["status"] == status]
        return sorted(rows, key=lambda row: str(row["id"]))

    # -- what Stripe has ------------------------------------------------------------------------

    def money_at_stripe(self) -> dict[str, tuple[int, int, int]]:
        """By payment: minor units taken, refunded, withdrawn by disputes."""
        with self.stripe.books.lock:
            charges = {row["payment_intent"]: row for row in self.stripe.books.all("charge")}
            taken = [d for d in self.stripe.books.all("dispute") if d["status"] != "won"]
            withdrawn = {d["payment_intent"]: int(d["amount"]) for d in taken}
            return {
                intent["id"]: (
                    int(charges[intent["id"]]["amount_captured"]),
                    int(charges[intent["id"]]["amount_refunded"]),
                    withdrawn.get(intent["id"], 0),
                )
                for intent in self.stripe.books.all("payment_intent")
                if intent["status"] == "succeeded"
            }

    def refunds_at_stripe(self) -> dict[str, tuple[Any, ...]]:
        """By refund: its payment, minor units, status."""
        with self.stripe.books.lock:
            rows = self.stripe.books.all("refund")
            return {r["id"]: (r["payment_intent"], r["amount"], r["status"]) for r in rows}


_OUTCOMES = {"card": ["succeeds"], "us_bank_account": ["settles", "fails"]}
_Act = Callable[[MoneyStorm, random.Random], None]
_ACTS: tuple[_Act, ...] = (
    *(MoneyStorm.click,) * 4,
    *(MoneyStorm.pay,) * 4,
    *(MoneyStorm.webhooks,) * 3,
    *(MoneyStorm.settle_with_credit,) * 2,
    *(MoneyStorm.record,) * 2,
    MoneyStorm.overpay,
    MoneyStorm.void,
    *(MoneyStorm.refund,) * 2,
    MoneyStorm.dashboard,
    MoneyStorm.dispute,
)

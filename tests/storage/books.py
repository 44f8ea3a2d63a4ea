"""Random books of thirty customers: written to any database, and added up without it."""

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session

from storage import bulk
from storage.ages import BUCKETS, bucket
from storage.customers import Customer
from storage.disputes import Dispute, DisputeLine
from storage.invoices import Invoice
from storage.payments import Payment
from storage.receivables import CustomerBalance, Sums
from storage.search_terms import customer_terms, document_terms
from tests.builders import MARA, NOW, SALLY, a_customer, add_terms, an_invoice

TODAY = date(2026, 3, 10)


def add_payment(session: Session, payment_id: str, *, amount: int, **own: Any) -> Payment:
    row = a_payment(payment_id, amount, **own)
    session.add(row)
    session.flush()
    return row


def a_payment(payment_id: str, amount: int, **own: Any) -> Payment:
    facts: dict[str, Any] = {
        "id": payment_id,
        "customer_id": "C1",
        "currency": "USD",
        "amount": amount,
        "status": "succeeded",
        "source": "import",
        "method": "check",
        "received_on": date(2026, 3, 1),
        "recorded_at": NOW,
    }
    return Payment(**(facts | own))


def add_dispute(session: Session, payment: Payment, parts: dict[str, int], status: str) -> None:
    session.add(a_dispute(payment, sum(parts.values()), status))
    session.flush()
    session.add_all(
        DisputeLine(dispute_id=f"dp_{payment.id}", invoice_number=number, amount=amount)
        for number, amount in parts.items()
    )


def a_dispute(payment: Payment, amount: int, status: str) -> Dispute:
    return Dispute(
        id=f"dp_{payment.id}",
        payment_id=payment.id,
        currency=payment.currency,
        amount=amount,
        status=status,  # type: ignore[arg-type]  # one of the statuses
        opened_at=NOW,
        changed_at=NOW,
    )


class Books:
    """Random documents of thirty customers, kept in lists and written to any database."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 -- test data
        self.customers = [self._customer(n) for n in range(30)]
        self.invoices = [self._invoice(n) for n in range(150)]
        self.disputes: list[Dispute] = []
        self.dispute_lines: list[DisputeLine] = []
        self.disputed: dict[str, int] = defaultdict(int)
        self.payments = [self._payment(n) for n in range(30)]

    def write(self, session: Session) -> None:
        """Table by table: the rows of one are a single statement."""
        bulk.insert(session, Customer, [row.model_dump() for row in self.customers])
        bulk.insert(session, Invoice, [row.model_dump() for row in self.invoices])
        bulk.insert(session, Payment, [row.model_dump() for row in self.payments])
        bulk.insert(session, Dispute, [row.model_dump() for row in self.disputes])
        bulk.insert(session, DisputeLine, [row.model_dump() for row in self.dispute_lines])
        names = {row.id: customer_terms(row.id, row.name) for row in self.customers}
        add_terms(session, "customer", names)
        numbers = {row.number: document_terms(row.number, row.po_number) for row in self.invoices}
        add_terms(session, "invoice", numbers)

    def _customer(self, n: int) -> Customer:
        own: dict[str, Any] = {"sales_rep": self.dice.choice([None, SALLY.id, MARA.id])}
        own |= {"group": self.dice.choice(["", "North", "South"]), "name": f"Florist {n % 7}"}
        return a_customer(f"C{n:02}", **own)

    def _invoice(self, n: int) -> Invoice:
        pick = self.dice
        total = pick.choice([1, -1, 1, 1, 1]) * pick.randrange(1, 90_000)
        lifecycle = pick.choice(["issued"] * 8 + ["void", "written_off"])
        part = 0 if lifecycle == "void" else pick.choice([0, 0, total, total // 2])
        return an_invoice(
            f"INV-{n}",
            total=total,
            allocated=part,
            lifecycle=lifecycle,
            customer_id=f"C{pick.randrange(28):02}",
            due_date=TODAY - timedelta(days=pick.choice([-30, -1, 0, 1, 30, 31, 60, 61, 90, 91])),
            currency=pick.choice(["USD", "USD", "EUR"]),
        )

    def _payment(self, n: int) -> Payment:
        pick = self.dice
        status = pick.choice(["succeeded", "succeeded", "processing", "failed"])
        part = pick.choice([0, 4000, 5000]) if status == "succeeded" else 0
        own = {"customer_id": pick.choice([None, f"C{pick.randrange(30):02}"]), "status": status}
        row = a_payment(f"pay_{n}", 5000, allocated=part, **own)
        target = pick.choice([i for i in self.invoices if i.total > 0])
        dispute_status = pick.choice(["needs_response", "lost", "won"])
        if pick.random() < 0.4:
            self._dispute(row, target.number, dispute_status)
        return row

    def _dispute(self, payment: Payment, number: str, status: str) -> None:
        own = a_dispute(payment, 3000, status)
        self.disputes.append(own)
        self.dispute_lines.append(
            DisputeLine(dispute_id=own.id, invoice_number=number, amount=own.amount)
        )
        self.disputed[number] += own.amount if status == "needs_response" else 0

    def naive(self, today: date) -> dict[tuple[str, str], CustomerBalance]:
        found: dict[tuple[str, str], CustomerBalance] = {}
        names = {row.id: row.name for row in self.customers}
        for row in self.invoices:
            if row.lifecycle == "issued" and row.balance:
                self._add(found, names, row, today)
        for money in self.payments:
            if money.customer_id and money.unapplied:
                key = (money.customer_id, money.currency)
                own = found.setdefault(key, nothing(*key, names[key[0]]))
                found[key] = changed(own, unapplied=money.unapplied)
        return found

    def _add(self, found: Any, names: Any, row: Invoice, today: date) -> None:
        key = (row.customer_id, row.currency)
        own = found.setdefault(key, nothing(*key, names[key[0]]))
        if row.total < 0:
            found[key] = changed(own, memos=-row.balance.minor)
            return
        held = min(self.disputed[row.number], row.balance.minor)
        found[key] = changed(own, invoices=1, disputed=held)
        found[key].sums.ages[bucket(row.due_date, today)] += row.balance.minor - held
        oldest = min(own.oldest_due or row.due_date, row.due_date)
        found[key] = CustomerBalance(key[0], own.name, key[1], oldest, found[key].sums)


def nothing(customer_id: str, currency: str, name: str) -> CustomerBalance:
    ages = dict.fromkeys(BUCKETS, 0)
    return CustomerBalance(customer_id, name, currency, None, Sums(0, ages, 0, 0, 0))


def changed(own: CustomerBalance, **more: int) -> CustomerBalance:
    old = own.sums
    added = {
        name: getattr(old, name) + more.get(name, 0)
        for name in ("invoices", "memos", "unapplied", "disputed")
    }
    sums = Sums(ages=old.ages, **added)
    return CustomerBalance(own.customer_id, own.name, own.currency, own.oldest_due, sums)


@cache
def books_of(seed: int) -> Books:
    """Made once: every test writes the same rows to a database of its own."""
    return Books(seed)

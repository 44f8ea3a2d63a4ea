"""What must hold of the money after every step, read from the tables alone (I1, I2, I3, I13)."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, SQLModel, select

from storage import checkouts
from storage.checkouts import CheckoutAttempt, CheckoutAttemptLine
from storage.database import Database
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from storage.payments import CreditApplication, Payment, PaymentAllocation

PAYMENT_NEXT = {
    "processing": {"succeeded", "failed", "canceled"},
    "failed": {"succeeded"},
    "canceled": {"succeeded"},
    "succeeded": set[str](),
}
LINK_NEXT = {"active": {"off", "replaced"}, "off": set[str](), "replaced": set[str]()}


@dataclass
class Books:
    """Every row that is about money, at one moment."""

    invoices: dict[str, Invoice]
    payments: dict[str, Payment]
    attempts: dict[str, CheckoutAttempt]
    links: dict[str, PaymentLink]
    laid: list[PaymentAllocation]
    credits: list[CreditApplication]
    meant: list[CheckoutAttemptLine]

    @classmethod
    def read(cls, database: Database) -> "Books":
        with database.reading() as session:
            return cls(
                invoices={row.number: row for row in _all(session, Invoice)},
                payments={row.id: row for row in _all(session, Payment)},
                attempts={row.id: row for row in _all(session, CheckoutAttempt)},
                links={row.id: row for row in _all(session, PaymentLink)},
                laid=_all(session, PaymentAllocation),
                credits=_all(session, CreditApplication),
                meant=_all(session, CheckoutAttemptLine),
            )


def _all(session: Session, model: type[Any]) -> list[Any]:
    assert issubclass(model, SQLModel)
    return list(session.exec(select(model)))


@dataclass
class Watch:
    """Compares each moment with the one before."""

    before: dict[str, dict[str, str]] = field(default_factory=dict)

    def look(self, database: Database) -> Books:
        books = Books.read(database)
        _every_cent_in_one_place(books)
        _no_invoice_beyond_its_total(books)
        _no_cent_asked_for_twice(books)
        self._only_along_the_edges(books)
        return books

    def _only_along_the_edges(self, books: Books) -> None:
        now: dict[str, dict[str, str]] = {
            "payment": {row.id: row.status for row in books.payments.values()},
            "attempt": {row.id: row.status for row in books.attempts.values()},
            "link": {row.id: row.state for row in books.links.values()},
        }
        edges: dict[str, Any] = {
            "payment": PAYMENT_NEXT,
            "attempt": checkouts.NEXT,
            "link": LINK_NEXT,
        }
        for kind, states in self.before.items():
            for key, old in states.items():
                new = now[kind].get(key)
                assert new is not None, f"{kind} {key} is gone"
                assert new == old or _reaches(edges[kind], old, new), f"{kind} {old} -> {new}"
        self.before = now


def _reaches(edges: dict[str, Any], old: str, new: str) -> bool:
    """In one step of ours several edges may be walked."""
    seen, ahead = set[str](), {old}
    while ahead:
        seen |= ahead
        ahead = {after for state in ahead for after in edges[state]} - seen
    return new in seen - {old}


def _every_cent_in_one_place(books: Books) -> None:
    laid = defaultdict[str, int](int)
    for row in books.laid:
        laid[row.payment_id] += row.amount
        assert (
            books.payments[row.payment_id].currency == books.invoices[row.invoice_number].currency
        )
    for payment in books.payments.values():
        assert payment.allocated == laid[payment.id], payment.id
        assert payment.unapplied >= 0, payment.id
        if payment.status == "succeeded":
            gone = payment.refunded + payment.disputed
            assert payment.allocated + payment.unapplied + gone == payment.amount, payment.id


def _no_invoice_beyond_its_total(books: Books) -> None:
    put = defaultdict[str, int](int)
    for row in books.laid:
        put[row.invoice_number] += row.amount
    for credit in books.credits:
        put[credit.invoice_number] += credit.amount
        put[credit.credit_number] -= credit.amount
    for invoice in books.invoices.values():
        assert invoice.allocated == put[invoice.number], invoice.number
        if invoice.is_credit_memo:
            assert invoice.total <= invoice.allocated <= 0, invoice.number
        else:
            assert 0 <= invoice.allocated <= invoice.total, invoice.number
        settled = invoice.lifecycle == "issued" and invoice.allocated == invoice.total
        assert (invoice.status == "paid") == settled, invoice.number


def _no_cent_asked_for_twice(books: Books) -> None:
    """What live checkouts ask for, and what is under way, is open on the invoice."""
    asked = defaultdict[str, int](int)
    for line in books.meant:
        if books.attempts[line.attempt_id].status in {"created", "open"}:
            asked[line.invoice_number] += line.amount
    for number, amount in asked.items():
        assert amount <= books.invoices[number].balance.minor, f"{number} is asked for twice"

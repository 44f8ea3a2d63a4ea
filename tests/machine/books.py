"""Every row that is about money, at one moment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, SQLModel, select

from storage.approvals import Approval
from storage.checkouts import CheckoutAttempt, CheckoutAttemptLine
from storage.customers import Customer
from storage.database import Database
from storage.disputes import Dispute, DisputeLine
from storage.invoices import Invoice
from storage.payment_links import PaymentLink
from storage.payments import CreditApplication, Payment, PaymentAllocation
from storage.refunds import COUNTED, Refund, RefundLine, RefundOrder
from storage.reversals import PaymentReversal


@dataclass
class Books:
    customers: dict[str, Customer]
    invoices: dict[str, Invoice]
    payments: dict[str, Payment]
    attempts: dict[str, CheckoutAttempt]
    links: dict[str, PaymentLink]
    refunds: dict[str, Refund]
    orders: dict[str, RefundOrder]
    disputes: dict[str, Dispute]
    approvals: dict[str, Approval]
    laid: list[PaymentAllocation]
    credits: list[CreditApplication]
    meant: list[CheckoutAttemptLine]
    reversals: list[PaymentReversal]
    refund_lines: list[RefundLine]
    dispute_lines: list[DisputeLine]

    @classmethod
    def read(cls, database: Database) -> "Books":
        with database.reading() as session:
            rows = _rows(session)
        return cls(
            customers={row.id: row for row in rows[Customer]},
            invoices={row.number: row for row in rows[Invoice]},
            payments={row.id: row for row in rows[Payment]},
            attempts={row.id: row for row in rows[CheckoutAttempt]},
            links={row.id: row for row in rows[PaymentLink]},
            refunds={row.id: row for row in rows[Refund]},
            orders={row.id: row for row in rows[RefundOrder]},
            disputes={row.id: row for row in rows[Dispute]},
            approvals={row.id: row for row in rows[Approval]},
            laid=rows[PaymentAllocation],
            credits=rows[CreditApplication],
            meant=rows[CheckoutAttemptLine],
            reversals=rows[PaymentReversal],
            refund_lines=rows[RefundLine],
            dispute_lines=rows[DisputeLine],
        )

    def money(self) -> list[str]:
        """Payments that are money and came through Stripe, in the order of their ids."""
        own = [p.id for p in self.payments.values() if p.source == "gateway"]
        return sorted(each for each in own if self.payments[each].status == "succeeded")

    def recorded(self) -> list[str]:
        """Payments that staff took."""
        return sorted(p.id for p in self.payments.values() if p.source == "staff")

    def waiting(self) -> list[Approval]:
        """Requests that nobody has decided on."""
        rows = [row for row in self.approvals.values() if row.status == "pending"]
        return sorted(rows, key=lambda row: row.id)

    def given_back(self) -> dict[str, int]:
        """Minor units by payment: refunds that count, or what was reversed if that is more."""
        counted = [row for row in self.refunds.values() if row.status in COUNTED]
        refunded, reversed_ = _sums(counted), _sums(self.reversals)
        ids = refunded.keys() | reversed_.keys()
        return {each: max(refunded[each], reversed_[each]) for each in ids}

    def withdrawn(self) -> dict[str, int]:
        """Minor units by payment that disputes hold or have taken."""
        taken = defaultdict[str, int](int)
        for row in self.disputes.values():
            taken[row.payment_id] += row.withdrawn
        return taken


def _sums(rows: Iterable[Any]) -> defaultdict[str, int]:
    sums = defaultdict[str, int](int)
    for row in rows:
        sums[row.payment_id] += row.amount
    return sums


_MODELS: tuple[type[SQLModel], ...] = (
    *(Customer, Invoice, Payment, CheckoutAttempt, PaymentLink, Refund, RefundOrder, Dispute),
    *(Approval, PaymentAllocation, CreditApplication, CheckoutAttemptLine, PaymentReversal),
    *(RefundLine, DisputeLine),
)
# The books are read after every step. Most tables are empty in most stories: one question first.
_FILLED = select(*(exists(select(1).select_from(model)) for model in _MODELS))
_EVERY = {model: select(model) for model in _MODELS}


def _rows(session: Session) -> dict[type[SQLModel], list[Any]]:
    filled = session.execute(_FILLED).one()
    return {
        model: list(session.exec(_EVERY[model])) if some else []
        for model, some in zip(_MODELS, filled, strict=True)
    }

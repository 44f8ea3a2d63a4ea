"""Payments, the parts of them put on invoices, and credit memos applied.

`Invoice.allocated` and `Payment.allocated` repeat the sums of the allocation rows so that CHECK
constraints can hold the rules; the functions below are their only writers.
"""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from storage import bulk
from storage.columns import STRICT, Day, Minor, Text, Utc, one_of, rule
from storage.invoices import Invoice
from storage.money import CurrencyMismatch

PaymentStatus = Literal["processing", "succeeded", "failed", "canceled"]
PaymentSource = Literal["gateway", "import", "staff"]

UNAPPLIED = text("status = 'succeeded' AND allocated + refunded + disputed < amount")
BY_STAFF = text("source = 'staff'")
_PROCESSING = text("status = 'processing'")


class Payment(SQLModel, table=True):
    __tablename__ = "payments"
    __table_args__ = (
        one_of("status", PaymentStatus),
        one_of("source", PaymentSource),
        rule("amount_positive", "amount > 0"),
        rule("parts_not_negative", "allocated >= 0 AND refunded >= 0 AND disputed >= 0"),
        rule("parts_within_amount", "allocated + refunded + disputed <= amount"),
        rule("only_money_is_allocated", "status = 'succeeded' OR allocated = 0"),
        Index(
            "ix_payments_unapplied",
            "customer_id",
            sqlite_where=UNAPPLIED,
            postgresql_where=UNAPPLIED,
        ),
        Index(
            "ix_payments_by_staff",
            "recorded_at",
            "id",
            sqlite_where=BY_STAFF,
            postgresql_where=BY_STAFF,
        ),
        Index(
            "ix_payments_processing",
            "expected_by",
            sqlite_where=_PROCESSING,
            postgresql_where=_PROCESSING,
        ),
        Index("uq_payments_erp_id", "erp_id", unique=True),
        STRICT,
    )

    # Stripe's PaymentIntent, the ERP's id, or "rec_…" of our own
    id: str = Field(primary_key=True, sa_type=Text)
    # None: money that no attempt of ours explains, waiting for a person.
    customer_id: str | None = Field(
        default=None, foreign_key="customers.id", index=True, sa_type=Text
    )
    currency: str = Field(sa_type=Text)
    amount: int = Field(sa_type=Minor)
    allocated: int = Field(default=0, sa_type=Minor)
    refunded: int = Field(default=0, sa_type=Minor)
    disputed: int = Field(default=0, sa_type=Minor)  # funds withdrawn by a dispute
    status: PaymentStatus = Field(sa_type=Text)
    source: PaymentSource = Field(sa_type=Text)
    method: str = Field(sa_type=Text)
    method_detail: str = Field(default="", sa_type=Text)  # such as "Visa ending in 4242"
    payer_email: str = Field(default="", sa_type=Text)
    reference: str = Field(default="", sa_type=Text)
    statement_descriptor: str = Field(default="", sa_type=Text)  # words on the bank statement
    attempt_id: str | None = Field(
        default=None, unique=True, foreign_key="checkout_attempts.id", sa_type=Text
    )
    received_on: date = Field(sa_type=Day)
    expected_by: date | None = Field(default=None, sa_type=Day)
    failure: str = Field(default="", sa_type=Text)
    recorded_at: datetime = Field(sa_type=Utc)
    # SHA-256 of the imported rows: the same id with other content is refused.
    digest: str = Field(default="", sa_type=Text)
    recorded_by: str = Field(default="", sa_type=Text)  # who of our staff took it, a Slack id
    cheque_number: str = Field(default="", sa_type=Text)
    # Under which id an import told of a payment that staff had recorded already.
    erp_id: str | None = Field(default=None, sa_type=Text)

    @property
    def unapplied(self) -> int:
        """Minor units of money that lie on no invoice."""
        if self.status != "succeeded":
            return 0
        return self.amount - self.allocated - self.refunded - self.disputed


class PaymentAllocation(SQLModel, table=True):
    __tablename__ = "payment_allocations"
    __table_args__ = (
        rule("amount_positive", "amount > 0"),
        Index("ix_payment_allocations_invoice", "invoice_number"),
        STRICT,
    )

    payment_id: str = Field(primary_key=True, foreign_key="payments.id", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


class CreditApplication(SQLModel, table=True):
    """The part of a credit memo put on an invoice."""

    __tablename__ = "credit_applications"
    __table_args__ = (
        rule("amount_positive", "amount > 0"),
        Index("ix_credit_applications_invoice", "invoice_number"),
        STRICT,
    )

    credit_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    invoice_number: str = Field(primary_key=True, foreign_key="invoices.number", sa_type=Text)
    amount: int = Field(sa_type=Minor)


def find(session: Session, payment_id: str) -> Payment | None:
    return session.get(Payment, payment_id)


def lock(session: Session, payment_id: str) -> Payment | None:
    """The row, held until the unit of work ends: money nobody explained has no customer to lock."""
    held = select(Payment).where(Payment.id == payment_id).with_for_update(key_share=True)
    return session.exec(held.execution_options(populate_existing=True)).first()


def of_attempt(session: Session, attempt_id: str) -> Payment | None:
    return session.exec(select(Payment).where(Payment.attempt_id == attempt_id)).first()


def allocations(session: Session, payment_id: str) -> list[PaymentAllocation]:
    own = select(PaymentAllocation).where(PaymentAllocation.payment_id == payment_id)
    return list(session.exec(own.order_by(PaymentAllocation.invoice_number)))


def of_invoice(session: Session, invoice_number: str) -> list[tuple[PaymentAllocation, Payment]]:
    """What was paid on an invoice, earliest first."""
    own = (
        select(PaymentAllocation, Payment)
        .join(Payment, col(Payment.id) == PaymentAllocation.payment_id)
        .where(PaymentAllocation.invoice_number == invoice_number)
        .order_by(col(Payment.recorded_at), Payment.id)
    )
    return list(session.exec(own).all())


def of_invoices(session: Session, invoice_numbers: list[str]) -> list[Payment]:
    """Whatever was paid on one of these, earliest first."""
    laid = select(PaymentAllocation.payment_id).where(
        col(PaymentAllocation.invoice_number).in_(invoice_numbers)
    )
    own = select(Payment).where(col(Payment.id).in_(laid))
    return list(session.exec(own.order_by(col(Payment.recorded_at), Payment.id)))


def through_gateway(
    session: Session,
    *,
    customer_ids: list[str] | None = None,
    invoice_numbers: list[str] | None = None,
    limit: int,
) -> list[Payment]:
    """Money that came through the gateway and has not all gone back, newest first: of these
    customers, or laid on these invoices.
    """
    left = Payment.amount - Payment.refunded - Payment.disputed
    own = select(Payment).where(
        Payment.source == "gateway", Payment.status == "succeeded", left > 0
    )
    if customer_ids is not None:
        own = own.where(col(Payment.customer_id).in_(customer_ids))
    if invoice_numbers is not None:
        laid = select(PaymentAllocation.payment_id).where(
            col(PaymentAllocation.invoice_number).in_(invoice_numbers)
        )
        own = own.where(col(Payment.id).in_(laid))
    newest = own.order_by(col(Payment.received_on).desc(), col(Payment.id).desc())
    return list(session.exec(newest.limit(limit)))


def credits_of_invoice(session: Session, invoice_number: str) -> list[CreditApplication]:
    own = select(CreditApplication).where(CreditApplication.invoice_number == invoice_number)
    return list(session.exec(own.order_by(CreditApplication.credit_number)))


def allocate(session: Session, payment: Payment, invoice: Invoice, amount: int) -> None:
    """Put `amount` of the payment on the invoice; the CHECKs refuse more than there is."""
    if payment.currency != invoice.currency:
        raise CurrencyMismatch(f"{payment.currency} cannot pay {invoice.currency}")
    key = (payment.id, invoice.number)
    row = session.get(PaymentAllocation, key)
    if row is None:
        row = PaymentAllocation(payment_id=key[0], invoice_number=key[1], amount=0)
    row.amount += amount
    payment.allocated += amount
    invoice.allocated += amount
    session.add_all((row, payment, invoice))
    session.flush()


def release(session: Session, payment: Payment, invoice: Invoice, amount: int) -> None:
    """Take `amount` of the payment off the invoice; it becomes unapplied."""
    row = session.get_one(PaymentAllocation, (payment.id, invoice.number))
    if amount == row.amount:
        session.delete(row)
    else:
        row.amount -= amount
        session.add(row)
    payment.allocated -= amount
    invoice.allocated -= amount
    session.add_all((payment, invoice))
    session.flush()


def release_up_to(session: Session, payment: Payment, invoice: Invoice, most: int) -> None:
    """Take off the invoice what of the payment lies there, at most `most` minor units."""
    row = session.get(PaymentAllocation, (payment.id, invoice.number))
    amount = min(most, row.amount if row else 0)
    if amount > 0:
        release(session, payment, invoice, amount)


def keep_at_most(session: Session, payment: Payment, most: int) -> None:
    """Leave at most `most` minor units of the payment on invoices."""
    for row in reversed(allocations(session, payment.id)):
        invoice = session.get_one(Invoice, row.invoice_number)
        release_up_to(session, payment, invoice, payment.allocated - most)


def apply_credit(session: Session, credit: Invoice, invoice: Invoice, amount: int) -> None:
    """Put `amount` of a credit memo on an invoice of the same currency."""
    if credit.currency != invoice.currency:
        raise CurrencyMismatch(f"{credit.currency} cannot settle {invoice.currency}")
    key = (credit.number, invoice.number)
    row = session.get(CreditApplication, key)
    if row is None:
        row = CreditApplication(credit_number=key[0], invoice_number=key[1], amount=0)
    row.amount += amount
    credit.allocated -= amount
    invoice.allocated += amount
    session.add_all((row, credit, invoice))
    session.flush()


def release_credit(session: Session, credit: Invoice, invoice: Invoice, amount: int) -> None:
    """Take `amount` of a credit memo off the invoice; it is open to be used again."""
    row = session.get_one(CreditApplication, (credit.number, invoice.number))
    if amount == row.amount:
        session.delete(row)
    else:
        row.amount -= amount
        session.add(row)
    credit.allocated += amount
    invoice.allocated -= amount
    session.add_all((credit, invoice))
    session.flush()


def credits_from(session: Session, credit_number: str) -> list[CreditApplication]:
    """Where a credit memo was applied."""
    own = select(CreditApplication).where(CreditApplication.credit_number == credit_number)
    return list(session.exec(own.order_by(CreditApplication.invoice_number)))


Shares = list[tuple[Invoice, int]]


def add_allocated(session: Session, new: list[tuple[dict[str, Any], Shares]]) -> None:
    """Write payments that are new, each with its parts: what `allocate` does, for many at once.

    A payment is given as its columns without `allocated`.
    """
    rows, parts = list[dict[str, Any]](), list[dict[str, Any]]()
    for columns, shares in new:
        rows.append({**columns, "allocated": sum(amount for _, amount in shares)})
        for invoice, amount in shares:
            invoice.allocated += amount
            key = {"payment_id": columns["id"], "invoice_number": invoice.number}
            parts.append({**key, "amount": amount})
    bulk.insert(session, Payment, rows)
    bulk.insert(session, PaymentAllocation, parts)
    session.flush()


def newest_unapplied(session: Session, customer_id: str, currency: str) -> list[Payment]:
    """The customer's payments with money that lies on no invoice, newest first."""
    rest = Payment.amount - Payment.allocated - Payment.refunded - Payment.disputed
    own = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.currency == currency,
        Payment.status == "succeeded",
        rest > 0,
    )
    return list(session.exec(own.order_by(col(Payment.received_on).desc(), col(Payment.id).desc())))

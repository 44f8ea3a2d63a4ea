"""Payments as the files tell them: rows brought together by the payment that they are about."""

import hashlib
from dataclasses import dataclass

from commands.import_files.checking import Checked, Part
from storage.payments import Payment, PaymentSource

# Who knows better than a file what was paid: Stripe, and whoever of our staff took the money.
WORD_COUNTS: tuple[PaymentSource, ...] = ("gateway", "staff")


@dataclass(slots=True)
class Told:
    """One payment as the files tell it; `key` is its id, or Stripe's where a row names that."""

    key: str
    parts: list[Part]

    @property
    def positive(self) -> list[Part]:
        return [part for part in self.parts if part.minor > 0]

    @property
    def amount(self) -> int:
        return sum(part.minor for part in self.positive)

    @property
    def order(self) -> tuple[str, str]:
        """Earlier money goes first on an invoice, whatever the order of the rows."""
        return min(part.row.date for part in self.parts).isoformat(), self.key

    def first(self, column: str) -> str:
        """The first cell of that column, among the rows that paid, that is not empty."""
        cells = (getattr(part.row, column) for part in self.positive)
        return next((cell for cell in cells if cell), "")


def told(checked: Checked) -> list[Told]:
    """What the files tell, earliest first."""
    good = checked.staged.payments.good
    found = [Told(key, parts) for key, parts in checked.parts.items() if key in good]
    return sorted(found, key=lambda one: one.order)


def same_payment(one: Told, payment: Payment) -> bool:
    """Nothing in the rows is news."""
    row, currency = one.parts[0].row, one.parts[0].currency
    own = (payment.customer_id, payment.currency)
    if own != (row.customer_id, currency):
        return False
    if payment.source in WORD_COUNTS:
        return True
    told_anew = (one.first("method") or payment.method, one.first("reference") or payment.reference)
    return payment.digest == digest(one) and told_anew == (payment.method, payment.reference)


def digest(one: Told) -> str:
    """Of the money itself, in any order of rows; how it came is only described."""
    parts = sorted(
        f"{part.row.customer_id}|{part.row.date}|{part.currency}|{part.minor}"
        f"|{part.row.invoice_number or ''}"
        for part in one.positive
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

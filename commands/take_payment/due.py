"""What a link asks for at this moment, computed from the ledger alone."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands.ports import AccountState
from commands.rules import gateway_limits
from commands.rules.allocation import Claim
from renderers import formats
from storage import checkouts, credit_uses, disputes, payment_links, payments
from storage.customers import Customer
from storage.invoices import Invoice
from storage.methods import Method
from storage.money import Money, total
from storage.payment_links import PaymentLink

_DOLLARS_ONLY: frozenset[Method] = frozenset({"us_bank_account"})


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice behind a link, and how much of it is under way by bank debit.

    `promised`: credit that goes on it when the bank debit arrives.
    """

    invoice: Invoice
    pending: Money
    disputed: bool = False  # a payment of it is: nothing is taken for it meanwhile
    promised: int = 0  # minor units

    @property
    def payable(self) -> Money:
        """The balance less what is under way; never below zero, nothing while disputed."""
        rest = self.invoice.balance.minor - self.pending.minor - self.promised
        return Money(0 if self.disputed else max(0, rest), self.invoice.currency)

    @property
    def claim(self) -> Claim:
        return Claim(self.invoice.number, self.invoice.due_date, self.payable.minor)


def items(session: Session, link: PaymentLink) -> list[OpenItem]:
    """The link's invoices, oldest due first."""
    covered = payment_links.invoices_of(session, link.id)
    numbers = [invoice.number for invoice in covered]
    pending = checkouts.pending(session, numbers)
    promised = credit_uses.promised(session, numbers)
    disputed = disputes.open_invoice_numbers(session, numbers)
    return [
        OpenItem(
            invoice,
            Money(pending.get(invoice.number, 0), invoice.currency),
            invoice.number in disputed,
            promised.get(invoice.number, 0),
        )
        for invoice in covered
    ]


def due(rows: list[OpenItem], currency: str) -> Money:
    return total((row.payable for row in rows), currency)


def pending(rows: list[OpenItem], currency: str) -> Money:
    return total((row.pending for row in rows), currency)


def expected_by(session: Session, invoice_numbers: list[str]) -> date | None:
    """The day by which the last bank debit under way for these invoices should have arrived."""
    under_way = checkouts.touching(session, invoice_numbers, "processing")
    found = (payments.of_attempt(session, attempt.id) for attempt in under_way)
    days = [payment.expected_by for payment in found if payment and payment.expected_by]
    return max(days, default=None)


def methods(customer: Customer, account: AccountState, currency: str) -> tuple[Method, ...]:
    """What the account offers for that currency, the customer's preferred method first."""
    offered = [m for m in account.methods if currency == "USD" or m not in _DOLLARS_ONLY]
    return tuple(sorted(offered, key=lambda method: method != customer.preferred_method))


def disputed(contact: str) -> str:
    """What a customer is told of invoices whose payment is disputed."""
    return (
        "A payment of this is in dispute with your bank, so nothing is taken for it now. "
        f"Please contact {contact}."
    )


def outside_limits(amount: Money, contact: str, locale: str) -> str:
    """Why the gateway would not take this amount in one payment; "" when it would."""
    smallest = gateway_limits.smallest(amount.currency)
    largest = gateway_limits.largest(amount.currency)
    said = formats.money(amount, locale)
    if amount < smallest:
        return (
            f"{said} is less than the smallest amount that can be paid online"
            f" ({formats.money(smallest, locale)}). Please contact {contact}."
        )
    if largest < amount:
        return (
            f"{said} is more than can be paid online at once"
            f" ({formats.money(largest, locale)}). Please pay it in parts, or contact {contact}."
        )
    if gateway_limits.too_fine(amount):
        return f"{said} cannot be paid online: the last digit has to be 0."
    return ""

"""What recording a payment would do, from the ledger as it is at this moment."""

from dataclasses import dataclass

from sqlmodel import Session

from commands import open_items
from commands.errors import InvalidInput
from commands.import_files.rows import stripe_payment
from commands.open_items import Account
from commands.record_payment import duplicates
from commands.record_payment.form import PaymentForm, TakenPayment
from commands.rules import allocation
from commands.rules.allocation import Claim, Plan
from commands.take_payment.due import OpenItem
from renderers.documents import ReceiptLine
from storage import payments
from storage.money import Money
from storage.payments import Payment


@dataclass(frozen=True, slots=True)
class Effect:
    """`account` is as it was before; `stripe`: no payment of ours, Stripe's that was named."""

    taken: TakenPayment
    account: Account
    plan: Plan
    duplicates: tuple[Payment, ...]
    stripe: Payment | None

    @property
    def lines(self) -> tuple[ReceiptLine, ...]:
        return tuple(
            ReceiptLine(row.number, share, row.balance - share)
            for row, share in (
                (item.invoice, Money(self.plan.shares[item.invoice.number], item.invoice.currency))
                for item in self.account.items
                if item.invoice.number in self.plan.shares
            )
        )

    @property
    def excess(self) -> Money:
        return Money(self.plan.excess, self.taken.amount.currency)

    @property
    def owed_after(self) -> Money:
        """All that the customer still owes in that currency, afterwards."""
        currency = self.taken.amount.currency
        return self.account.owed(currency) - Money(self.plan.laid, currency)

    @property
    def under_way(self) -> tuple[OpenItem, ...]:
        """Invoices that a bank debit may pay a second time."""
        return tuple(i for i in self.account.items if i.pending)


def of(session: Session, form: PaymentForm, taken: TakenPayment) -> Effect:
    """Raises `InvalidInput` by field, or `NotFound`."""
    everything = open_items.account(session, form.customer_id)
    if form.currency not in everything.currencies:
        raise InvalidInput({"amount": f"Nothing is open in {form.currency}. Please start again."})
    account = everything.in_currency(form.currency)
    stripe = _stripe(session, form, taken)
    to_lay = stripe.unapplied if stripe else taken.amount.minor
    plan = allocation.oldest_first(to_lay, _claims(form, account))
    alike = [] if stripe else duplicates.find(session, form.customer_id, taken)
    return Effect(taken, account, plan, tuple(alike), stripe)


def _claims(form: PaymentForm, account: Account) -> list[Claim]:
    """By age what is open and not under way already; what was ticked, all that is open of it."""
    if form.chosen is None:
        return [item.claim for item in account.items]
    found = [item.invoice for item in account.items if item.invoice.number in form.chosen]
    return [Claim(row.number, row.due_date, row.balance.minor) for row in found]


def _stripe(session: Session, form: PaymentForm, taken: TakenPayment) -> Payment | None:
    """The Stripe payment that the reference names: that one, never a second."""
    name = stripe_payment(taken.reference)
    if not name:
        return None
    row = payments.lock(session, name)
    problem = _why_not(row, name, form, taken)
    if problem:
        raise InvalidInput({"reference": problem})
    return row


def _why_not(row: Payment | None, name: str, form: PaymentForm, taken: TakenPayment) -> str:
    if row is None:
        return f"Stripe has not told us of {name}. It comes by itself: nothing is to be recorded."
    if row.status != "succeeded":
        return f"{name} is {row.status} at Stripe: it is recorded by itself once it has arrived."
    if row.customer_id not in {None, form.customer_id}:
        return f"{name} is a payment of another customer ({row.customer_id})."
    if (row.amount, row.currency) != (taken.amount.minor, taken.amount.currency):
        return f"{name} is {Money(row.amount, row.currency)} at Stripe, not {taken.amount}."
    if not row.unapplied:
        return f"{name} is recorded already, and nothing of it is unapplied."
    return ""

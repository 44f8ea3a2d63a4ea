"""What a customer owes and has to their credit, as staff see it in a form."""

from dataclasses import dataclass

from sqlmodel import Session

from commands.errors import NotFound
from commands.take_payment.due import OpenItem
from storage import checkouts, credit_uses, customers, disputes, invoices, payments_taken
from storage.customers import Customer
from storage.invoices import Invoice
from storage.money import Money, total
from storage.payments import Payment


@dataclass(frozen=True, slots=True)
class Account:
    """`items`: open invoices, oldest due first; `memos` and `unapplied`: credit, oldest first."""

    customer: Customer
    items: tuple[OpenItem, ...]
    memos: tuple[Invoice, ...]
    unapplied: tuple[Payment, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those in which something is open, and the customer's own: first if it is used."""
        used = {item.invoice.currency for item in self.items}
        used |= {memo.currency for memo in self.memos}
        used |= {payment.currency for payment in self.unapplied}
        own = self.customer.currency
        others = sorted(used - {own})
        return (own, *others) if own in used or not others else (*others, own)

    def in_currency(self, currency: str) -> "Account":
        return Account(
            self.customer,
            tuple(item for item in self.items if item.invoice.currency == currency),
            tuple(row for row in self.memos if row.currency == currency),
            tuple(row for row in self.unapplied if row.currency == currency),
        )

    def owed(self, currency: str) -> Money:
        mine = [i.invoice.balance for i in self.items if i.invoice.currency == currency]
        return total(mine, currency)

    def credit(self, currency: str) -> Money:
        """Open credit memos and unapplied credit together."""
        memos = [-row.balance for row in self.memos if row.currency == currency]
        money = [Money(p.unapplied, currency) for p in self.unapplied if p.currency == currency]
        return total([*memos, *money], currency)


def account(session: Session, customer_id: str) -> Account:
    """Raises `NotFound`."""
    customer = customers.find(session, customer_id)
    if customer is None:
        raise NotFound("That customer is not known. Please start again with /pay.")
    rows = invoices.open_of(session, customer_id)
    memos = tuple(row for row in rows if row.is_credit_memo)
    items = _items(session, [row for row in rows if not row.is_credit_memo])
    unapplied = payments_taken.unapplied(session, customer_id)
    return Account(customer, items, memos, tuple(unapplied))


def _items(session: Session, rows: list[Invoice]) -> tuple[OpenItem, ...]:
    """What is in dispute, and what a bank debit brings, is as on the customer's page."""
    numbers = [row.number for row in rows]
    pending = checkouts.pending(session, numbers)
    promised = credit_uses.promised(session, numbers)
    disputed = disputes.open_invoice_numbers(session, numbers)
    return tuple(
        OpenItem(
            row,
            Money(pending.get(row.number, 0), row.currency),
            row.number in disputed,
            promised.get(row.number, 0),
        )
        for row in rows
    )

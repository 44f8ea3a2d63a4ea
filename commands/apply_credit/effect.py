"""What putting credit on invoices would do, from the ledger as it is at this moment."""

from dataclasses import dataclass

from sqlmodel import Session

from commands import open_items
from commands.errors import InvalidInput, Refused
from commands.open_items import Account
from commands.rules import allocation
from commands.rules.allocation import Claim, Move
from commands.take_payment.credit import MEMO, PAYMENT
from renderers.documents import ReceiptLine
from storage import payments
from storage.invoices import Invoice
from storage.money import Money
from storage.payments import Payment


@dataclass(frozen=True, slots=True)
class CreditForm:
    """As it was filled in. `sources` are credits by `key_of`; `chosen` None: oldest first.

    `payment_id`: money of which nobody knew the customer; it becomes this customer's.
    """

    id: str
    customer_id: str
    currency: str
    sources: tuple[str, ...]
    chosen: tuple[str, ...] | None
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """`account` is as it was before; `sources` are minor units by key, in the order of use."""

    account: Account
    currency: str
    sources: dict[str, int]
    moves: tuple[Move, ...]

    @property
    def lines(self) -> tuple[ReceiptLine, ...]:
        """The invoices that get something, with what remains of each."""
        laid: dict[str, int] = {}
        for move in self.moves:
            laid[move.number] = laid.get(move.number, 0) + move.amount
        rows = {item.invoice.number: item.invoice for item in self.account.items}
        shares = ((rows[number], Money(minor, self.currency)) for number, minor in laid.items())
        return tuple(ReceiptLine(row.number, share, row.balance - share) for row, share in shares)

    @property
    def left(self) -> Money:
        """Of the credit that was chosen."""
        used = sum(move.amount for move in self.moves)
        return Money(sum(self.sources.values()) - used, self.currency)


def key_of(source: Invoice | Payment) -> str:
    return MEMO + source.number if isinstance(source, Invoice) else PAYMENT + source.id


def of(session: Session, form: CreditForm) -> Effect:
    """Raises `InvalidInput` by field, `NotFound`, or `Refused`."""
    account = of_customer(session, form.customer_id, form.payment_id).in_currency(form.currency)
    sources = {key: left for key, left in amounts(account).items() if key in form.sources}
    if not sources:
        raise InvalidInput({"how": "Please tick the credit to be used."})
    if form.chosen == ():
        raise InvalidInput({"how": "Please tick the invoices, or choose oldest first."})
    moves = allocation.spread(sources, _claims(form, account))
    if not moves:
        raise InvalidInput({"how": "Nothing of it is open any more, or it is under way already."})
    return Effect(account, form.currency, sources, tuple(moves))


def of_customer(session: Session, customer_id: str, payment_id: str = "") -> Account:
    """The account, with the payment that is to become the customer's, if it is nobody's yet."""
    account = open_items.account(session, customer_id)
    found = payments.find(session, payment_id) if payment_id else None
    if found is None or found.customer_id == customer_id:
        return account
    if found.customer_id is not None or found.status != "succeeded":
        raise Refused(f"{found.id} is not credit of {account.customer.name}.")
    return Account(account.customer, account.items, account.memos, (*account.unapplied, found))


def amounts(account: Account) -> dict[str, int]:
    """Minor units of each credit: memos first, then payments, oldest first."""
    memos = {key_of(row): -row.balance.minor for row in account.memos}
    return memos | {key_of(row): row.unapplied for row in account.unapplied if row.unapplied}


def _claims(form: CreditForm, account: Account) -> list[Claim]:
    if form.chosen is None:
        return [item.claim for item in account.items]
    found = [item.invoice for item in account.items if item.invoice.number in form.chosen]
    return [Claim(row.number, row.due_date, row.balance.minor) for row in found]

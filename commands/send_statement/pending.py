"""What can be paid of a statement at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands.rules import statement_figures
from commands.take_payment import credit
from storage import credit_uses, disputes, invoices
from storage.bulk import chunks


@dataclass(frozen=True, slots=True)
class PendingBalance:
    """Minor units of what is open, less what is under way, and of what is to the credit."""

    owed: int
    credit: int

    @property
    def payable(self) -> int:
        return statement_figures.payable(self.owed, self.credit)


def pending_balance(
    session: Session, customer_id: str, currency: str, numbers: Sequence[str]
) -> PendingBalance:
    """Of these invoices, less open credit memos and unapplied credit of that currency: what their
    link's page asks for too, credit that a bank debit under way will use left out of both.

    Nothing is asked for an invoice of which a payment is disputed.
    """
    disputed: set[str] = set()
    for batch in chunks(numbers):
        disputed |= disputes.open_invoice_numbers(session, batch)
    asked_for = [number for number in numbers if number not in disputed]
    return undisputed_balance(session, customer_id, currency, asked_for)


def undisputed_balance(
    session: Session, customer_id: str, currency: str, numbers: Sequence[str]
) -> PendingBalance:
    """The same of invoices of which it is known that no payment is disputed."""
    owed = 0
    for batch in chunks(numbers):
        coming = credit_uses.under_way(session, batch)
        rests = invoices.balances(session, batch).items()
        owed += sum(max(rest - coming.get(number, 0), 0) for number, rest in rests)
    return PendingBalance(owed, credit.offered(session, customer_id, currency).minor)

"""What can be paid of a statement at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands import open_items
from commands.rules import statement_figures
from commands.take_payment import overlap
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
    """Of these invoices, less open credit memos and unapplied credit of that currency.

    Nothing is asked for an invoice of which a payment is disputed.
    """
    owed = 0
    for batch in chunks(numbers):
        owed += sum(max(rest, 0) for rest in overlap.open_now(session, batch).values())
    credit = open_items.account(session, customer_id).in_currency(currency).credit(currency)
    return PendingBalance(owed, credit.minor)

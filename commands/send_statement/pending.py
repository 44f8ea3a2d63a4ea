"""What can be paid of a statement at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands.rules import statement_figures
from commands.take_payment import credit, overlap
from storage import credit_uses
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
    owed = 0
    for batch in chunks(numbers):
        promised = credit_uses.promised(session, batch)
        rests = overlap.open_now(session, batch).items()
        owed += sum(max(rest - promised.get(number, 0), 0) for number, rest in rests)
    return PendingBalance(owed, credit.offered(session, customer_id, currency).minor)

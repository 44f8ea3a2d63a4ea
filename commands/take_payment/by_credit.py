"""A payment that charges nothing: credit covers all that was chosen, and is laid at once."""

from sqlmodel import Session

from commands.access import CustomerActor
from commands.desk import Desk
from commands.errors import Changed
from commands.take_payment import announce, attempts, credit
from commands.take_payment.asked import Asked, asked
from commands.take_payment.credit import Wanted
from commands.take_payment.order import CheckoutOrder
from storage import checkouts
from storage.unit_of_work import repeatable


@repeatable
def settle(actor: CustomerActor, desk: Desk, order: CheckoutOrder) -> None:
    """Use the credit, once all that was begun before has made way.

    Raises `NothingToPay` when money came meanwhile, `Changed` when the credit is not enough now.
    """
    account = desk.gateway.account.state()
    with desk.database.writing() as session:
        found = asked(session, actor, desk, order, account)
        if found.wish.amount:
            raise Changed("Your credit changed since you looked. Please see what is left to pay.")
        make_room(session, desk, found)
        wanted = Wanted(
            link_id=found.link.id,
            customer_id=found.link.customer_id,
            currency=found.link.currency,
            reference=found.wish.reference,
            shares=found.wish.credits,
        )
        used = credit.use(session, actor, desk, wanted)
        assert used is not None  # what was asked for was read in this very unit of work
        announce.tell_of_credit(session, desk, used, numbers=list(found.wish.credits))


def make_room(session: Session, desk: Desk, found: Asked) -> list[str]:
    """Supersede what was begun before for the same invoices; their numbers."""
    numbers = sorted({*found.wish.shares, *found.wish.credits})
    for older in checkouts.touching(session, numbers, "created", "open"):
        attempts.supersede(session, desk, older)
    return numbers

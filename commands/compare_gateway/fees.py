"""What Stripe kept of a payment, learnt as soon as it is known."""

from commands.access import AnyActor, Permission, require
from commands.compare_gateway.theirs import row_of
from commands.desk import Desk
from storage import balance
from storage.balance import BalanceMovement
from storage.unit_of_work import repeatable


def learn_fee(actor: AnyActor, desk: Desk, *, payment_id: str) -> bool:
    """Keep the movement that the payment made on the balance; False while there is none."""
    require(actor, Permission.RECONCILE)
    told = desk.gateway.balance.movement_of_payment(payment_id)
    if told is None:
        return False
    _keep(desk, row_of(told))
    return True


@repeatable
def _keep(desk: Desk, row: BalanceMovement) -> None:
    with desk.database.writing() as session:
        balance.keep(session, [row])
